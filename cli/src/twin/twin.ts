import { exitCodes, Fault } from '@banyan/toolkit/base'
import {
  type ArmStart,
  type CapabilityManifest,
  copyDatabase,
  copyUrl,
  openTwinDatabases,
  type TwinDatabases,
} from '@banyan/toolkit/data-sync'
import type { Capability, RouteTable } from '@banyan/toolkit/routing'
import type { ReplayOptions } from '@banyan/toolkit/traffic'
import { loadManifest } from '../capability.ts'
import { databaseUrls } from '../open-sync.ts'
import type { Place } from '../place.ts'
import type { Shell } from '../shell.ts'
import { assertFillable } from './arm-command.ts'
import { freePorts } from './free-port.ts'
import { type InnerCallCounts, openInnerCalls } from './inner-calls.ts'
import { startText } from './say-start.ts'
import { sortExchanges } from './sort-exchanges.ts'
import { armUrls, type LiveDatabases, startArms } from './start-arms.ts'
import { openTwinFolder, removeLeftovers, type TwinFolder } from './twin-folder.ts'

/** What a replay on copies is made from. */
export interface TwinOptions {
  readonly table: RouteTable
  readonly capability: Capability
  readonly place: Pick<Place, 'state' | 'env'>
  readonly shell: Pick<Shell, 'say' | 'signal' | 'clock'>
  /** How an arm is started, instead of what the manifest says; with the placeholders {database} and {port}. */
  readonly commands?: { readonly legacy?: string | undefined; readonly service?: string | undefined }
  /** What is copied, instead of the databases that the route table names: backups of the moment at which the recording began. */
  readonly databases?: { readonly legacy?: string | undefined; readonly service?: string | undefined }
}

/** Both arms, each alone on its own copy of its data. */
export interface Twin {
  readonly arms: { readonly legacy: string; readonly service: string }
  /** What `replayRecording` is to be given beside the exchanges. */
  readonly replay: Pick<
    ReplayOptions,
    'arms' | 'writes' | 'armsOf' | 'leaveOut' | 'compareWritten' | 'onAnswered' | 'signal'
  >
  /** How equal both copies were before anything was sent; undefined where no manifest tells how to compare them. */
  readonly start: TwinDatabases['start'] | undefined
  /** How often legacy's pages called the capability's API. */
  innerCalls(): InnerCallCounts
}

/** Closes what was opened, the latest first; goes on when one fails, and throws that then. */
type Closers = (() => Promise<unknown>)[]

/**
 * Starts both arms on throw-away copies of their databases, hands them to `work`, and removes everything when it has ended, however it did. What an
 * earlier one left behind that was killed is removed first.
 *
 * Throws `twin-command-missing`, `twin-without-database`, `twin-arm-failed`, `twin-on-original`, and what copying throws.
 */
export async function withTwin<Result>(options: TwinOptions, work: (twin: Twin) => Promise<Result>): Promise<Result> {
  await sweep(options)
  const closers: Closers = []
  try {
    const folder = await openTwinFolder(options.place.state)
    closers.push(() => folder.remove())
    const { twin, broken } = await openTwin(options, folder, closers)
    return await workUnlessBroken(twin, broken, work)
  } finally {
    await closeAll(closers)
  }
}

async function sweep({ place, shell }: TwinOptions): Promise<void> {
  const { removed, left } = await removeLeftovers(place.state)
  if (removed > 0)
    shell.say(`(removed the copies of ${removed === 1 ? 'a replay that was' : `${removed} replays that were`} killed)`)
  for (const why of left) shell.say(`! copies of a killed replay could not be removed: ${why}`)
}

interface OpenedTwin {
  readonly twin: Twin
  readonly broken: Promise<never>
}

async function openTwin(options: TwinOptions, folder: TwinFolder, closers: Closers): Promise<OpenedTwin> {
  const { table, capability, shell } = options
  const manifest = capability.manifest === undefined ? undefined : await loadManifest(capability)
  const starts = startsOf(options, manifest)
  const originals = originalsOf(options)
  shell.say('(copying both databases ...)')
  const copies = await makeCopies(options, { folder, originals })
  const databases =
    manifest && (await openTwinDatabases({ manifest, copies, clock: shell.clock, signal: shell.signal }))
  if (databases !== undefined) {
    closers.push(() => databases.close())
    shell.say(startText(databases.start))
  }
  const sorted = sortExchanges(table, capability)
  const [legacy = 0, service = 0] = await freePorts(2)
  const arms = armUrls({ legacy, service })
  const inner = await openInnerCalls({ ...arms, isOfCapability: sorted.isOfCapability })
  const { env } = options.place
  const running = await startArms({
    ...{ starts, originals, copies, env, shell, live: liveDatabases(options) },
    ...{ ports: { legacy, service }, api: inner.url, folder: folder.path },
  }).catch(async (thrown: unknown) => {
    await inner.close()
    throw thrown
  })
  closers.push(running.stop)
  closers.push(inner.close) // Before them: connections that it keeps would keep them from stopping.
  const twin: Twin = {
    arms,
    start: databases?.start,
    innerCalls: inner.counts,
    replay: {
      ...{ arms, writes: 'twin', armsOf: sorted.armsOf, leaveOut: sorted.leaveOut, signal: shell.signal },
      onAnswered: inner.heard,
      compareWritten: async (ids) => await databases?.written({ ids, redact }),
    },
  }
  return { twin, broken: running.broken }
}

interface Originals {
  readonly legacy: string
  readonly service: string
}

function originalsOf({ capability, place, databases = {} }: TwinOptions): Originals {
  const { legacy, service } = databases
  if (legacy !== undefined && service !== undefined) return { legacy, service }
  const named = databaseUrls(capability, place.env)
  return { legacy: legacy ?? named.legacy.url, service: service ?? named.service.url }
}

function liveDatabases({ table, capability, place: { env } }: TwinOptions): LiveDatabases {
  const urlsOf = ({ databases }: Capability) => ({
    legacy: env[databases?.legacy.env ?? ''] || undefined,
    service: env[databases?.service.env ?? ''] || undefined,
  })
  const others = [...table.capabilities.values()].filter(({ name }) => name !== capability.name)
  const all = others.flatMap((other) => Object.values(urlsOf(other)))
  return { ...urlsOf(capability), others: all.filter((url) => url !== undefined) }
}

/** The arm that is behind is copied first: then the other's copy holds all that it needs to catch up. */
async function makeCopies(
  { capability, shell: { signal } }: TwinOptions,
  { folder, originals }: { readonly folder: TwinFolder; readonly originals: Originals },
): Promise<Originals> {
  const of = (arm: 'legacy' | 'service') => ({ name: folder.nameOf(arm), folder: folder.path, signal })
  const urls = { legacy: copyUrl(originals.legacy, of('legacy')), service: copyUrl(originals.service, of('service')) }
  await folder.note(Object.values(urls))
  const order = capability.owner === 'legacy' ? (['service', 'legacy'] as const) : (['legacy', 'service'] as const)
  for (const arm of order) await copyDatabase(originals[arm], of(arm))
  return urls
}

function startsOf({ commands = {}, capability }: TwinOptions, manifest: CapabilityManifest | undefined) {
  const startOf = (arm: 'legacy' | 'service'): ArmStart => {
    const command = commands[arm]
    const declared = manifest?.start?.[arm]
    const start = command === undefined ? declared : { ...declared, command }
    if (start !== undefined) {
      assertFillable(arm, start)
      return start
    }
    throw new Fault('twin-command-missing', `nothing says how the ${arm} arm of ${capability.name} is started`, {
      hint: `--${arm}-command 'DATABASE_URL={database} PORT={port} node app.js', or \`start\` in the capability's manifest`,
      exitCode: exitCodes.usage,
    })
  }
  return { legacy: startOf('legacy'), service: startOf('service') }
}

async function workUnlessBroken<Result>(
  twin: Twin,
  broken: Promise<never>,
  work: (twin: Twin) => Promise<Result>,
): Promise<Result> {
  const leaving = new AbortController()
  const { signal } = twin.replay
  const signals = signal === undefined ? [leaving.signal] : [signal, leaving.signal]
  const working = work({ ...twin, replay: { ...twin.replay, signal: AbortSignal.any(signals) } })
  try {
    return await Promise.race([working, broken])
  } finally {
    leaving.abort()
    await working.catch(() => undefined) // What went wrong first is what is told.
  }
}

async function closeAll(closers: Closers): Promise<void> {
  let failure: { readonly thrown: unknown } | undefined
  for (const close of closers.reverse()) {
    await close().catch((thrown: unknown) => {
      failure ??= { thrown }
    })
  }
  if (failure !== undefined) throw failure.thrown
}

const secret = /pass|pwd|secret|salt|hash|token|card|key$/i

/** Values of the data in a report: those of columns whose name says so are not shown. */
function redact(column: string, value: string): string {
  return secret.test(column) ? '(not shown)' : value
}
