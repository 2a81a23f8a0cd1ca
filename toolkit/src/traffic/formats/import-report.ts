import type { ForeignFormat, ForeignRecord, ForeignSkip } from './foreign.ts'

const maxNamed = 20

/** What importing a file met; complete when it has been read to its end. */
export interface ImportReport {
  readonly format: ForeignFormat
  readonly exchanges: number
  /** Of `exchanges`: how many have no answer in the file. */
  readonly withoutAnswer: number
  /** Well-formed records that are left out, by reason. */
  readonly skipped: Partial<Readonly<Record<ForeignSkip, number>>>
  /** Where the records with `other-origin` went, the first twenty servers, with their count. */
  readonly otherOrigins: Readonly<Record<string, number>>
  readonly malformed: number
  /** The first twenty of them; `offset` counts bytes, of the unpacked file where it is packed. */
  readonly malformedRecords: readonly { readonly offset: number; readonly why: string }[]
  /** Why reading ended before the file did. */
  readonly cut: string | undefined
}

/** Counts the records of one file. */
export interface ImportCount {
  note(record: ForeignRecord): void
  cut(why: string): void
  report(): ImportReport
}

/** Starts counting from zero. */
export function countImport(format: ForeignFormat): ImportCount {
  let [exchanges, withoutAnswer, malformed] = [0, 0, 0]
  let cut: string | undefined
  const skipped = new Map<ForeignSkip, number>()
  const origins = new Map<string, number>()
  const named: { offset: number; why: string }[] = []
  return {
    note: (record) => {
      switch (record.kind) {
        case 'exchange':
          exchanges += 1
          if (record.exchange.response === undefined) withoutAnswer += 1
          return
        case 'skipped':
          skipped.set(record.why, (skipped.get(record.why) ?? 0) + 1)
          if (record.origin !== undefined && (origins.has(record.origin) || origins.size < maxNamed)) {
            origins.set(record.origin, (origins.get(record.origin) ?? 0) + 1)
          }
          return
        case 'malformed':
          malformed += 1
          if (named.length < maxNamed) named.push({ offset: record.offset, why: record.why })
          return
        default: {
          const never: never = record
          return never
        }
      }
    },
    cut: (why) => {
      cut = why
    },
    report: () => ({
      ...{ format, exchanges, withoutAnswer, malformed, cut },
      skipped: Object.fromEntries(skipped),
      otherOrigins: Object.fromEntries(origins),
      malformedRecords: [...named],
    }),
  }
}
