import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { exitCodes, Fault, messageOf, systemCodeOf } from '../../base/index.ts'
import type { Exchange } from '../exchange.ts'
import { gorRecordsOf } from './gor-records-of.ts'
import { harEntryOf } from './har-entry-of.ts'

/** How exchanges are written for other tools. */
export interface ExportOptions {
  readonly format: 'har' | 'gor'
  /** HAR: where the requests are said to have gone. Default `http://localhost`. */
  readonly origin?: string | undefined
  /** Packs the file. Default: when its name ends with `.gz`. */
  readonly gzip?: boolean | undefined
  /** Whether an existing file is replaced. Default false: it is refused. */
  readonly overwrite?: boolean | undefined
}

/** Why an exchange cannot be written in a format. */
export type ExportSkip =
  /** A part of its request is missing, and the format could not say so. */
  | 'body-not-stored'
  /** It holds what ends a record, or what no request line can hold. */
  | 'not-writable'

/** What was exported. */
export interface ExportReport {
  readonly exchanges: number
  readonly skipped: Partial<Readonly<Record<ExportSkip, number>>>
}

/**
 * Writes exchanges as HAR 1.2 or as GoReplay's payload file, readable by its owner only (0600). They are redacted, and
 * stay so. Throws `export-exists` (exit 6) and `export-unwritable`.
 *
 * @example
 * await exportExchanges(readRecording('traffic.ndjson'), 'traffic.gor.gz', { format: 'gor' })
 */
export async function exportExchanges(
  exchanges: AsyncIterable<Exchange>,
  path: string,
  options: ExportOptions,
): Promise<ExportReport> {
  const count: Count = { exchanges: 0, skipped: {} }
  const texts = options.format === 'har' ? harTexts(exchanges, options, count) : gorTexts(exchanges, count)
  const file = await create(path, options.overwrite === true)
  const packed = options.gzip ?? path.endsWith('.gz')
  try {
    const out = file.createWriteStream()
    if (packed) await pipeline(texts, createGzip(), out)
    else await pipeline(texts, out)
  } catch (thrown) {
    await file.close().catch(() => undefined)
    if (thrown instanceof Fault) throw thrown
    throw new Fault('export-unwritable', `cannot write ${path}: ${messageOf(thrown)}`, { cause: thrown })
  }
  return count
}

async function create(path: string, overwrite: boolean) {
  try {
    const file = await open(path, overwrite ? 'w' : 'wx', 0o600)
    await file.chmod(0o600)
    return file
  } catch (thrown) {
    if (systemCodeOf(thrown) !== 'EEXIST') {
      throw new Fault('export-unwritable', `cannot create ${path}: ${messageOf(thrown)}`, { cause: thrown })
    }
    throw new Fault('export-exists', `${path} exists already`, {
      hint: 'choose another file, or replace it: --force',
      exitCode: exitCodes.refused,
    })
  }
}

interface Count {
  exchanges: number
  skipped: Partial<Record<ExportSkip, number>>
}

async function* harTexts(
  exchanges: AsyncIterable<Exchange>,
  { origin = 'http://localhost' }: ExportOptions,
  count: Count,
): AsyncGenerator<string> {
  yield '{"log":{"version":"1.2","creator":{"name":"banyan","version":"1"},"entries":['
  for await (const exchange of exchanges) {
    yield `${count.exchanges === 0 ? '' : ','}\n${JSON.stringify(harEntryOf(exchange, origin))}`
    count.exchanges += 1
  }
  yield '\n]}}\n'
}

async function* gorTexts(exchanges: AsyncIterable<Exchange>, count: Count): AsyncGenerator<Buffer> {
  for await (const exchange of exchanges) {
    const records = gorRecordsOf(exchange)
    if (typeof records === 'string') count.skipped[records] = (count.skipped[records] ?? 0) + 1
    else {
      count.exchanges += 1
      yield records
    }
  }
}
