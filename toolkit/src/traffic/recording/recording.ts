import { createReadStream } from 'node:fs'
import { exitCodes, Fault, messageOf } from '../../base/index.ts'
import type { Exchange, RecordingHeader } from '../exchange.ts'
import { type Line, readLines } from './lines.ts'
import { parseExchange, parseRecordingHeader, parseTrailer } from './parse-exchange.ts'

const maxNamedLines = 20

/** What reading a recording met; complete when the recording has been read to its end. */
export interface RecordingReport {
  readonly exchanges: number
  /** Lines that are no exchange. */
  readonly malformed: number
  /** The first twenty of them. */
  readonly malformedLines: readonly { readonly line: number; readonly why: string }[]
  /** The last line, when the recording was cut in the middle of it. */
  readonly cut: { readonly line: number; readonly bytes: number } | undefined
  /** Exchanges that the recorder left out, when it said so. */
  readonly dropped: number
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
 * gzip by its first bytes; the first part of a rotated recording, whose other parts follow; or a folder of parts. A last line that
 * was cut and lines that are no exchange are left out and reported. Throws, when read, `recording-unreadable` for a file
 * that is missing or no recording, and `recording-too-new` for a later format (exit 4).
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
      for await (const line of linesOf(path, maxLineBytes)) return headerOf(path, line)
      throw notARecording(path, 'it is empty')
    },
    async *[Symbol.asyncIterator]() {
      report = emptyReport()
      let first = true
      for await (const line of linesOf(path, maxLineBytes)) {
        if (first) headerOf(path, line)
        else {
          const exchange = exchangeOf(line, report)
          if (exchange !== undefined) yield exchange
        }
        first = false
      }
      if (first) throw notARecording(path, 'it is empty')
    },
    report: () => report,
  }
}

type GrowingReport = {
  -readonly [Key in Exclude<keyof RecordingReport, 'malformedLines'>]: RecordingReport[Key]
} & { readonly malformedLines: { readonly line: number; readonly why: string }[] }

function emptyReport(): GrowingReport {
  return { exchanges: 0, malformed: 0, malformedLines: [], cut: undefined, dropped: 0 }
}

function exchangeOf(line: Line, report: GrowingReport): Exchange | undefined {
  if (line.bytes === 0) return undefined
  const parsed = line.text === undefined ? { ok: false as const, why: 'longer than is read' } : parseExchange(line.text)
  if (parsed.ok) {
    report.exchanges += 1
    return parsed.exchange
  }
  const trailer = parseTrailer(line.text ?? '')
  if (trailer !== undefined) report.dropped += trailer.dropped
  else if (!line.ended) report.cut = { line: line.number, bytes: line.bytes }
  else {
    report.malformed += 1
    if (report.malformedLines.length < maxNamedLines) report.malformedLines.push({ line: line.number, why: parsed.why })
  }
  return undefined
}

function headerOf(path: string, line: Line): RecordingHeader {
  const parsed = parseRecordingHeader(line.text ?? '')
  if (parsed.ok) return parsed.header
  if (parsed.format === undefined || parsed.format <= 1) {
    throw notARecording(path, 'its first line is not the header of a recording')
  }
  throw new Fault('recording-too-new', `${path} has format ${parsed.format}; this version reads format 1`, {
    hint: 'use the version of banyan that recorded it, or a later one',
    exitCode: exitCodes.invalidConfig,
  })
}

async function* linesOf(path: string, maxLineBytes: number): AsyncGenerator<Line> {
  try {
    yield* readLines(createReadStream(path), maxLineBytes)
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown
    throw new Fault('recording-unreadable', `cannot read the recording ${path}: ${messageOf(thrown)}`, {
      exitCode: exitCodes.invalidConfig,
      cause: thrown,
    })
  }
}

function notARecording(path: string, why: string): Fault {
  return new Fault('recording-unreadable', `${path} is no recording: ${why}`, {
    hint: 'make one with: banyan record --out FILE',
    exitCode: exitCodes.invalidConfig,
  })
}
