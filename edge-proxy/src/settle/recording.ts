import type { Writable } from 'node:stream'
import { type Clock, instant } from '@banyan/toolkit/base'
import type { RouteTable, StandingRecording } from '@banyan/toolkit/routing'
import type { RecordingHeader } from '@banyan/toolkit/traffic'
import { recordedBytes } from '@banyan/toolkit/traffic/recording'
import type { Logger } from 'pino'
import type { RecordingStatus } from '../admin/admin-api.ts'
import type { Outcome, Passage } from '../passage/passage.ts'
import { recordedPassage } from './recorded-exchange.ts'
import { buildStandingRecorder, buildStreamRecorder, type Recorder, type StreamWanted } from './recorder.ts'
import type { FromRecordingThread, ToldToThread } from './recording-messages.ts'
import { buildRecordingThread } from './recording-thread.ts'

/** How long a close waits for readers, who may never read on, and for files. */
const readersBoundMs = 2_000
const filesBoundMs = 10_000

/** The recordings that are being made right now. */
export interface Recorders {
  /** Whether bodies of this request are to be copied, so that it can be recorded. */
  wants(request: Recordable): boolean
  offer(passage: Passage, outcome: Outcome): void
  /** Streams NDJSON to `sink`: a header, exchanges, a trailer at the end. Resolves when it is over. */
  start(request: StreamWanted, sink: Writable): Promise<void>
  /** Does from now on what this route table says about recording. */
  follow(table: RouteTable): void
  /** The recording that the route table wants; undefined when it wants none. */
  standing(): Promise<RecordingStatus | undefined>
  /** Ends all; resolves when their readers have the last line, or after two seconds, and files are closed, or after ten. */
  close(): Promise<void>
}

/** What of a request says whether it is recorded. */
export interface Recordable {
  readonly route: string
  readonly caller: string | undefined
  /** Its id. */
  readonly request: string
}

/** What recorders are made of. */
export interface RecordersOptions {
  readonly redactionKey: Buffer
  /** Where a vault's key is, or is made. */
  readonly vaultKeyFile: string
  readonly clock: Clock
  readonly log: Logger
  /** The primary stores what is always recorded, for all workers together. */
  readonly storedByPrimary?: boolean
}

/** Builds recorders with nobody listening. Each exchange is redacted once, before anybody gets it (law 8). */
export function buildRecorders(options: RecordersOptions): Recorders {
  const { clock, log } = options
  const active = new Map<number, Recorder>()
  let settings: ToldToThread | undefined
  let standing: { readonly id: number; readonly rule: StandingRecording; readonly key: string } | undefined
  let nextId = 0
  const heard = (message: FromRecordingThread) => {
    if (message.kind === 'done') for (const result of message.results) active.get(result.recorder)?.came(result)
    else if (message.kind === 'ended') active.get(message.recorder)?.over()
    else {
      log.error({ why: message.why }, 'the standing recording cannot be stored')
      active.get(message.recorder)?.failed(message.why)
    }
  }
  const died = () => {
    for (const recorder of active.values()) recorder.lost()
    return [...(settings === undefined ? [] : [settings]), ...[...active.values()].map(({ opening }) => opening)]
  }
  const thread = buildRecordingThread({ ...options, heard, died })
  const add = (build: (id: number) => Recorder) => {
    const id = nextId++
    const recorder = build(id)
    active.set(id, recorder)
    thread.tell(recorder.opening)
    return id
  }
  const endStanding = () => {
    if (standing !== undefined) active.get(standing.id)?.end()
    standing = undefined
  }
  const parts = (id: number) => ({ id, thread, clock, gone: () => void active.delete(id) })
  return {
    wants: ({ route, caller, request }) => {
      for (const recorder of active.values()) if (recorder.wants(route, caller ?? request)) return true
      return false
    },
    offer: (passage, outcome) => {
      // Without a copy from its beginning it came before anybody wanted it.
      if (active.size === 0 || passage.requestCopy === undefined) return
      const { decision, caller, request } = passage
      const wanted = [...active].filter(([, recorder]) => recorder.wants(decision.route, caller.id ?? request.id))
      const recorded = wanted.length === 0 ? undefined : recordedPassage(passage, outcome)
      if (recorded === undefined) return
      const head = { to: wanted.map(([id]) => id), ...recorded.head }
      const sent = thread.send(head, recorded.request, recorded.answer)
      for (const [, recorder] of wanted) recorder.offered(sent)
    },
    start: (request, sink) =>
      new Promise((resolve) => {
        const header: RecordingHeader = { banyanRecording: 1, startedAt: instant(clock), routes: request.routes ?? [] }
        sink.write(`${JSON.stringify(header)}\n`)
        add((id) => {
          const gone = () => {
            active.delete(id)
            resolve()
          }
          return buildStreamRecorder({ ...parts(id), gone }, request, sink)
        })
      }),
    follow: ({ recording }) => {
      const rules = recording?.redact ?? {}
      const next = { kind: 'redact', settings: { rules, maxBodyBytes: recording?.maxBodyBytes ?? 65_536 } } as const
      if (JSON.stringify(next) !== JSON.stringify(settings ?? defaults)) thread.tell(next)
      settings = next
      const rule = options.storedByPrimary === true ? undefined : recording?.standing
      const key = JSON.stringify(rule === undefined ? undefined : [rule, [...rule.routes]])
      if (key === standing?.key) return
      endStanding()
      if (rule === undefined) return
      const vaultKeyFile = rule.vault ? options.vaultKeyFile : undefined
      standing = { rule, key, id: add((id) => buildStandingRecorder(parts(id), rule, vaultKeyFile)) }
    },
    standing: async () => {
      if (standing === undefined) return undefined
      const { rule, id } = standing
      const counts = active.get(id)?.counts() ?? { exchanges: 0, dropped: 0, trouble: undefined }
      const { folder, percent, keepBytes } = rule
      return { folder, percent, keepBytes, bytes: await recordedBytes(folder), ...counts }
    },
    close: async () => {
      const files = standing === undefined ? undefined : active.get(standing.id)?.end()
      standing = undefined
      const readers = Promise.all([...active.values()].map((recorder) => recorder.end()))
      await within(readersBoundMs, readers, clock)
      await within(filesBoundMs, files, clock)
      thread.close()
    },
  }
}

/** Waits for work, but not longer than so; nothing keeps the process alive afterwards. */
async function within(ms: number, work: Promise<unknown> | undefined, clock: Clock): Promise<void> {
  const over = new AbortController()
  const bound = clock.sleep(ms, over.signal).catch(() => undefined)
  await Promise.race([work, bound])
  over.abort()
}

const defaults: ToldToThread = { kind: 'redact', settings: { rules: {}, maxBodyBytes: 65_536 } }
