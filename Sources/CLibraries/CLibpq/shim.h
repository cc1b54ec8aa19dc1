#ifndef TIMERD_CLIBPQ_SHIM_H
#define TIMERD_CLIBPQ_SHIM_H

#include <libpq-fe.h>

// The fields of an error are named by characters in macros, which Swift imports as integers of another type.
static inline const char *timerd_error_sqlstate(const PGresult *result) {
  return PQresultErrorField(result, PG_DIAG_SQLSTATE);
}

static inline const char *timerd_error_severity(const PGresult *result) {
  return PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
}

static inline const char *timerd_error_text(const PGresult *result) {
  return PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
}

static inline const char *timerd_error_function(const PGresult *result) {
  return PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);
}

#endif
