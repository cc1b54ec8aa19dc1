#ifndef TIMERD_CLIBMARIADB_SHIM_H
#define TIMERD_CLIBMARIADB_SHIM_H

#include <mysql.h>

// The value of an option is a pointer to a type that depends on the option.
static inline int timerd_mysql_set_flag(MYSQL *mysql, enum mysql_option option, int value) {
  my_bool flag = value != 0;
  return mysql_options(mysql, option, &flag);
}

static inline int timerd_mysql_set_text(MYSQL *mysql, enum mysql_option option, const char *text) {
  return mysql_options(mysql, option, text);
}

// The name of this machine would otherwise mean a socket in the file system. The default stack does for suspended calls.
static inline int timerd_mysql_prepare(MYSQL *mysql) {
  unsigned int protocol = MYSQL_PROTOCOL_TCP;
  return mysql_options(mysql, MYSQL_OPT_PROTOCOL, &protocol) | mysql_options(mysql, MYSQL_OPT_NONBLOCK, 0)
      | mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
}

// Variadic in C.
static inline int timerd_mysql_add_attribute(MYSQL *mysql, const char *name, const char *value) {
  return mysql_optionsv(mysql, MYSQL_OPT_CONNECT_ATTR_ADD, name, value);
}

// The flag is a macro with a cast. Without CLIENT_FOUND_ROWS a row that stays as it is does not count as affected.
static inline int timerd_mysql_connect_start(MYSQL **result, MYSQL *mysql, const char *host, const char *user,
    const char *password, const char *database, unsigned int port) {
  return mysql_real_connect_start(result, mysql, host, user, password, database, port, 0, CLIENT_MULTI_STATEMENTS);
}

static inline int timerd_mysql_is_in_transaction(const MYSQL *mysql) {
  return (mysql->server_status & SERVER_STATUS_IN_TRANS) != 0;
}

#endif
