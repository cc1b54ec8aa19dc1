/// The reason why a claim was released without an attempt, as a timer's history shows it.
enum ReleaseReason: String {
  /// The receiver has not responded for a while, and all slots that it may use are in use.
  case receiverStalled = "the receiver is silent"
  /// The receiver would take too long to get to it.
  case receiverSlow = "the receiver is slow"
  /// The capacity for timers that wait for Kafka is used up.
  case kafkaFull = "too much waits for Kafka"
  /// The attempt could outlast the claim, or the node may be taken for dead.
  case leaseTooShort = "too little was left of the lease"
  /// The node stops.
  case stopping = "the node stopped"
}
