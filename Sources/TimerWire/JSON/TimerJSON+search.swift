import JSONBytes
package import TimerModel

// Lists and counts. An empty token marks the end of a list.
extension TimerJSON {
  /// A page of a list, with the token of the next one.
  package func bytes(_ page: TimerPage, _ fingerprint: UInt64) -> [UInt8] {
    var writer = JSONWriter(capacity: 128 + page.timers.count * 768)
    writer.object { writer in
      writer.name("timers")
      writer.array { writer in for timer in page.timers { write(timer, to: &writer) } }
      writer.member("nextPageToken", page.next.map { PageToken.encode($0, fingerprint) } ?? "")
    }
    return writer.finish()
  }

  /// Counts, those of groups by name.
  package static func bytes(_ counts: TimerCounts) -> [UInt8] {
    var writer = JSONWriter(capacity: 64 + counts.groups.count * 48)
    writer.object { writer in
      writer.member("total", counts.total)
      writer.name("groups")
      writer.array { writer in
        for (key, count) in counts.groups.sorted(by: { $0.key < $1.key }) {
          writer.object { writer in
            writer.member("key", key)
            writer.member("count", count)
          }
        }
      }
    }
    return writer.finish()
  }

  /// A page of groups with their counts by state; `next` is the group after which the next page begins.
  package static func bytes(_ groups: [GroupCounts], next: String?, _ fingerprint: UInt64) -> [UInt8] {
    var writer = JSONWriter(capacity: 64 + groups.count * 160)
    writer.object { writer in
      writer.name("groups")
      writer.array { writer in for group in groups { write(group, to: &writer) } }
      let position = next.map { ScanPosition(key: TimerKey(groupID: $0, timerID: "")) }
      writer.member("nextPageToken", position.map { PageToken.encode($0, fingerprint) } ?? "")
    }
    return writer.finish()
  }

  private static func write(_ group: GroupCounts, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("groupId", group.groupID)
      writer.name("counts")
      writer.object { writer in
        for phase in Timer.Phase.allCases {
          writer.name(text: phase.rawValue)
          writer.integer(group.counts[phase] ?? 0)
        }
      }
    }
  }
}
