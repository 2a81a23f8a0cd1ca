import { Fault } from '../../base/index.ts'
import type { Exchange, RecordingHeader } from '../exchange.ts'
import type { Line } from './lines.ts'
import { parseExchange, parseTrailer } from './parse-exchange.ts'
import { linesOfFile, recordingFiles } from './recording-files.ts'

const maxNamedLines = 20

/** What reading a recording met; complete when the recording has been read to its end. */
export interface RecordingReport {
  readonly exchanges: number
  /** Lines that are no exchange. */
  readonly malformed: number
  /** The first twenty of them, with where they begin in their file, decompressed. */
  readonly malformedLines: readonly MalformedLine[]
  /** The last line of a file that was cut in the middle of it, or from which on its gzip is damaged; the last such file's. */
  readonly cut: { readonly line: number; readonly bytes: number; readonly why?: string } | undefined
  /** Exchanges that the recorder left out, when it said so. */
  readonly dropped: number
  /** Files that were read. */
  readonly parts: number
}

/** A line of a recording that is no exchange. */
export interface MalformedLine {
  readonly line: number
  /** In bytes, from 0. */
  readonly offset: number
  readonly why: string
  /** The file, where the recording has more than one. */
  readonly file?: string
}

/** A recording to be read: iterate over it for its exchanges, in the order in which they were stored. */
export interface Recording extends AsyncIterable<Exchange> {
  /** The first line. Opens the file; throws as iterating does. */
  header(): Promise<RecordingHeader>
  /** What the latest reading met. */
  report(): RecordingReport
}

/**
 * Opens a recording for reading, line by line in bounded memory (`maxLineBytes`, default 16 MiB). `path` is a file, plain or
 * gzip by its first bytes; a part of a rotated recording, which is read from there on; or a folder of recordings. A last
 * line that was cut and lines that are no exchange are left out and reported. Throws, when read, `recording-unreadable` for a
 * file that is missing or no recording, and `recording-too-new` for a later format (exit 4).
 *
 * @example
 * const recording = readRecording('traffic.ndjson')
 * for await (const exchange of recording) count(exchange)
 * console.error(recording.report().cut)
 */
export function readRecording(path: string, maxLineBytes = 16 * 1024 * 1024): Recording {
  let report = emptyReport()
  return {
    async header() {
      for await (const { header } of recordingFiles(path)) return header
      throw new Error('a recording without a file')
    },
    async *[Symbol.asyncIterator]() {
      report = emptyReport()
      for await (const file of recordingFiles(path)) {
        report.parts += 1
        for await (const exchanges of exchangesOf(file.path, maxLineBytes, report)) {
          // To delegate to them would wait twice for each.
          for (const exchange of exchanges) yield exchange
        }
      }
    },
    report: () => report,
  }
}

type GrowingReport = {
  -readonly [Key in Exclude<keyof RecordingReport, 'malformedLines'>]: RecordingReport[Key]
} & { readonly malformedLines: MalformedLine[] }

function emptyReport(): GrowingReport {
  return { exchanges: 0, malformed: 0, malformedLines: [], cut: undefined, dropped: 0, parts: 0 }
}

type Exchanges = Generator<Exchange, void, undefined>

/** Of each stretch of lines, its exchanges, one after the other as they are asked for. */
async function* exchangesOf(path: string, maxLineBytes: number, report: GrowingReport): AsyncGenerator<Exchanges> {
  let last = 0
  try {
    for await (const lines of linesOfFile(path, maxLineBytes)) {
      yield exchangesIn(lines, report, path)
      last = lines.at(-1)?.number ?? last
    }
  } catch (thrown) {
    // The header was read before; what is damaged further on costs the rest of this file, and not what follows.
    if (!(thrown instanceof Fault) || last === 0) throw thrown
    report.cut = { line: last + 1, bytes: 0, why: thrown.message }
  }
}

function* exchangesIn(lines: readonly Line[], report: GrowingReport, path: string): Exchanges {
  for (const line of lines) {
    const exchange = line.number === 1 ? undefined : exchangeOf(line, report, path)
    if (exchange !== undefined) yield exchange
  }
}

function exchangeOf(line: Line, report: GrowingReport, path: string): Exchange | undefined {
  if (line.bytes === 0) return undefined
  const parsed = line.text === undefined ? { ok: false as const, why: unread(line) } : parseExchange(line.text)
  if (parsed.ok) {
    report.exchanges += 1
    return parsed.exchange
  }
  const trailer = parseTrailer(line.text ?? '')
  if (trailer !== undefined) report.dropped += trailer.dropped
  else if (!line.ended) report.cut = { line: line.number, bytes: line.bytes }
  else {
    report.malformed += 1
    if (report.malformedLines.length < maxNamedLines) {
      const where = { line: line.number, offset: line.offset, why: parsed.why }
      report.malformedLines.push(report.parts > 1 ? { ...where, file: path } : where)
    }
  }
  return undefined
}

function unread({ unread, bytes }: Line): string {
  return unread === 'not-utf-8' ? 'not UTF-8' : `${bytes} bytes, longer than is read`
}
