import { join } from 'node:path'
import type { ArmStart } from '@banyan/toolkit/data-sync'
import type { Shell } from '../shell.ts'
import { fillArm } from './arm-command.ts'
import { type ArmProcess, startArm } from './arm-process.ts'
import { assertNotOnOriginal } from './original-files.ts'

type Arm = 'legacy' | 'service'
type Both<Value> = Readonly<Record<Arm, Value>>

/** URLs of databases that are at work, also where copies are made of backups. */
export interface LiveDatabases {
  readonly legacy: string | undefined
  readonly service: string | undefined
  /** Of other capabilities. */
  readonly others: readonly string[]
}

/** What both arms are started with. */
export interface ArmsParts {
  readonly starts: Both<ArmStart>
  /** URLs of the databases that must not be touched, and of their copies. */
  readonly originals: Both<string>
  readonly copies: Both<string>
  /** Databases that the route table names: no arm may open one, and a variable that holds this capability's own holds its copy instead. */
  readonly live: LiveDatabases
  readonly ports: Both<number>
  /** Where legacy's pages find the capability's API. */
  readonly api: string
  /** Where their logs go. */
  readonly folder: string
  readonly env: Shell['env']
  readonly shell: Pick<Shell, 'signal' | 'clock'>
}

/** Both arms while they run. */
export interface RunningArms {
  /** Rejects when one of them ends by itself. */
  readonly broken: Promise<never>
  stop(): Promise<void>
}

/** Where both arms are asked. */
export function armUrls(ports: Both<number>): Both<string> {
  return { legacy: `http://127.0.0.1:${ports.legacy}`, service: `http://127.0.0.1:${ports.service}` }
}

interface Running extends ArmProcess {
  readonly arm: Arm
}

/** Starts both arms at once; when one does not come up the other is ended, and the first failure thrown. */
export async function startArms(parts: ArmsParts): Promise<RunningArms> {
  const failing = new AbortController()
  const running: Running[] = []
  const stop = async () => void (await Promise.all(running.map((arm) => arm.stop())))
  const start = async (arm: Arm) => {
    const started = await startOne(arm, parts, AbortSignal.any([parts.shell.signal, failing.signal]))
    running.push({ ...started, arm })
    await assertNotOnOriginal(arm, started.group, untouched(parts))
  }
  const fail = (thrown: unknown) => failing.abort(thrown)
  await Promise.all([start('legacy').catch(fail), start('service').catch(fail)])
  if (failing.signal.aborted) {
    await stop()
    throw failing.signal.reason
  }
  const watching = new AbortController()
  const watched = watchOriginals(running, parts, watching.signal)
  const stopWatched = async () => {
    watching.abort()
    await stop()
  }
  return { broken: Promise.race([watched, ...running.map(({ broken }) => broken)]), stop: stopWatched }
}

function untouched({ originals, live: { legacy, service, others } }: ArmsParts): readonly string[] {
  const all = [originals.legacy, originals.service, legacy, service, ...others]
  return [...new Set(all.filter((url) => url !== undefined))]
}

const watchMs = 1000

/** Rejects as `assertNotOnOriginal` throws: an application may open a database only when it is asked for something. */
async function watchOriginals(running: readonly Running[], parts: ArmsParts, signal: AbortSignal): Promise<never> {
  const originals = untouched(parts)
  while (!signal.aborted) {
    await parts.shell.clock.sleep(watchMs, signal).catch(() => undefined)
    if (!signal.aborted) await Promise.all(running.map(({ arm, group }) => assertNotOnOriginal(arm, group, originals)))
  }
  return await new Promise<never>(() => undefined)
}

async function startOne(arm: Arm, parts: ArmsParts, signal: AbortSignal): Promise<ArmProcess> {
  const { starts, copies, ports, api, folder, env, shell } = parts
  const other: Arm = arm === 'legacy' ? 'service' : 'legacy'
  // Its own last: both arms may share one original.
  const instead = new Map([other, arm].flatMap((each) => insteadOf(each, parts)))
  const placeholders = { ...armUrls(ports), database: copies[arm], port: String(ports[arm]), api }
  const command = fillArm(starts[arm], { placeholders, surroundings: { env, instead } })
  return await startArm(command, {
    ...{ arm, port: ports[arm], logFile: join(folder, `${arm}.log`) },
    ...{ clock: shell.clock, signal },
  })
}

function insteadOf(arm: Arm, { originals, live, copies }: ArmsParts): readonly (readonly [string, string])[] {
  return [live[arm], originals[arm]].flatMap((url) => (url === undefined ? [] : [[url, copies[arm]] as const]))
}
