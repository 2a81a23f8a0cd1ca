import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, instant, isJsonObject, messageOf, parseJson } from '@banyan/toolkit/base'
import type { StandingRecording } from '@banyan/toolkit/routing'
import type { VaultFile } from '@banyan/toolkit/traffic'
import { keepNewest, type RecordingSink, recordedBytes, writeRecording } from '@banyan/toolkit/traffic/recording'
import type { Logger } from 'pino'
import { adminPaths, type RecordingStatus } from '../admin/admin-api.ts'
import { buildRouteTableReader } from '../route-table/route-table-reader.ts'
import type { InTurn } from './in-turn.ts'
import { buildInTurn } from './in-turn.ts'
import type { LineMerge, MergedStream } from './merge/merge-streams.ts'
import type { Streams } from './streams.ts'

const retryMs = 60_000

/** The standing recording of an edge of several workers: they stream, and the primary alone writes into its folder. */
export interface StandingOfWorkers {
  /** Does from now on what this content of the route table's file says. */
  follow(text: string): Promise<void>
  status(): Promise<RecordingStatus | undefined>
  /** After the streams are over: closes the files. */
  close(): Promise<void>
}

/** What it needs. */
export interface StandingOptions {
  readonly routesFile: string
  readonly vaultKeyFile: string
  readonly streams: Streams
  readonly clock: Clock
  readonly log: Logger
}

interface Standing {
  readonly rule: StandingRecording
  readonly key: string
  counts: { exchanges: number; dropped: number }
  trouble: string | undefined
  open: Open | undefined
}

interface Open {
  readonly sink: RecordingSink
  readonly vault: VaultFile | undefined
  readonly merged: MergedStream
}

/** Builds one that records nothing yet. Callers are whole in it, whichever workers their connections reach. */
export function buildStandingOfWorkers(options: StandingOptions): StandingOfWorkers {
  const inTurn: InTurn = buildInTurn()
  // The primary hands out connections: it must not stand still either.
  const reader = buildRouteTableReader()
  let standing: Standing | undefined
  const begin = async (one: Standing) => {
    one.trouble = undefined
    one.open = await openOne(one, options).catch((error: unknown) => fail(one, error, options.log))
  }
  const end = async () => {
    const before = standing
    standing = undefined
    if (before !== undefined) await closeOne(before, options.log)
  }
  const retry = setInterval(() => {
    void inTurn(async () => {
      if (standing?.trouble === undefined) return
      await closeOne(standing, options.log)
      await begin(standing)
    })
  }, retryMs).unref()
  return {
    follow: (text) =>
      inTurn(async () => {
        const parsed = await reader.parse(text, options.routesFile).catch((error: unknown) => {
          options.log.error({ why: messageOf(error) }, 'what is to be recorded cannot be read, and stays as it was')
        })
        if (parsed === undefined) return
        const rule = parsed.ok ? parsed.table.recording?.standing : undefined
        const key = JSON.stringify(rule === undefined ? undefined : [rule, [...rule.routes]])
        if (key === standing?.key) return
        await end()
        if (rule === undefined) return
        standing = { rule, key, counts: { exchanges: 0, dropped: 0 }, trouble: undefined, open: undefined }
        await begin(standing)
      }),
    status: async () => {
      if (standing === undefined) return undefined
      const { rule, counts, trouble } = standing
      const { folder, percent, keepBytes } = rule
      return { folder, percent, keepBytes, bytes: await recordedBytes(folder), ...counts, trouble }
    },
    close: () => {
      clearInterval(retry)
      return inTurn(end).finally(() => reader.close())
    },
  }
}

async function openOne(one: Standing, { streams, clock, log, vaultKeyFile }: StandingOptions): Promise<Open> {
  const { folder, partBytes, keepBytes, vault: wantsVault, routes } = one.rule
  const header = { banyanRecording: 1, startedAt: instant(clock), routes: [...routes] } as const
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await keepNewest(folder, keepBytes - partBytes)
  const stem = join(folder, header.startedAt.replaceAll(':', '-'))
  const sink = await writeRecording(`${stem}.ndjson.gz`, header, {
    partBytes,
    onFault: (fault) => void fail(one, fault, log),
    onPart: async (part) => void (await keepNewest(folder, keepBytes - partBytes, part)),
  })
  const { key, vault } = wantsVault ? await openVault(`${stem}.vault`, vaultKeyFile) : noVault
  const body = { standing: true, ...(key === undefined ? {} : { vaultKey: key.toString('base64url') }) }
  const merge = keepLines(one, { sink, vault, failed: (error) => fail(one, error, log) })
  return { sink, vault, merged: await streams.follow(adminPaths.recording, { body, merge }) }
}

const noVault = { key: undefined, vault: undefined } as const

/** Few have a vault, and its schemas are large: they are loaded when one is wanted. */
async function openVault(file: string, keyFile: string) {
  const { createVault, readOrMakeVaultKey } = await import('@banyan/toolkit/traffic')
  return { key: await readOrMakeVaultKey(keyFile), vault: await createVault(file) }
}

/** Stores each line, and passes none on. */
function keepLines(
  { counts }: Standing,
  { sink, vault, failed }: Pick<Open, 'sink' | 'vault'> & { failed(error: unknown): void },
): LineMerge {
  const store = (line: string) => {
    if (line.startsWith('{"banyanRecording":')) return
    const framing = /^\{"(?:vault|end)":/.test(line) ? parseJson(line) : undefined
    if (isJsonObject(framing) && typeof framing.vault === 'string') vault?.append(framing.vault).catch(failed)
    else if (isJsonObject(framing)) counts.dropped += Number(framing.dropped ?? 0)
    else if (sink.offerLine(Buffer.from(`${line}\n`))) counts.exchanges += 1
    else counts.dropped += 1
  }
  return {
    take: (line) => {
      store(line)
      return { line: undefined, last: false }
    },
    end: () => undefined,
  }
}

async function closeOne(one: Standing, log: Logger): Promise<void> {
  const { open, counts } = one
  one.open = undefined
  if (open === undefined) return
  open.merged.finish()
  await open.merged.over
  await open.vault?.close().catch((error: unknown) => fail(one, error, log))
  await open.sink.close(counts.dropped).catch((error: unknown) => fail(one, error, log))
}

function fail(one: Standing, error: unknown, log: Logger): undefined {
  if (one.trouble !== undefined) return
  one.trouble = messageOf(error)
  log.error({ why: one.trouble }, 'the standing recording cannot be stored')
}
