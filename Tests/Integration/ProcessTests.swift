import Testing

/// Tests of whole processes, one at a time: each wants the machine for itself.
@Suite(.serialized) enum ProcessTests {}
