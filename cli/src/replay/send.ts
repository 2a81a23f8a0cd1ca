import { exitCodes, Fault } from '@banyan/toolkit/base'
import type { Capability, RouteTable } from '@banyan/toolkit/routing'
import { type Recording, type ReplayOptions, type ReplayReport, replayRecording } from '@banyan/toolkit/traffic'
import { capabilityNamed } from '../capability.ts'
import { locate } from '../place.ts'
import type { Shell } from '../shell.ts'
import { type Twin, withTwin } from '../twin/twin.ts'
import type { ReplayFlags } from './flags.ts'
import type { FlagOptions } from './options-of.ts'
import { productionFor } from './production.ts'
import { acceptedRules, type LeaveOut, leaveOut, tableOf } from './table-rules.ts'

/** What is sent, and how it is said to be. */
export interface Sending {
  readonly flags: ReplayFlags
  readonly options: FlagOptions
  readonly recording: Recording
  readonly onProgress: NonNullable<ReplayOptions['onProgress']>
}

/** Sends a recording to the arms that the operator named, or to copies of both arms that are started for it. */
export async function send(sending: Sending, shell: Shell): Promise<ReplayReport> {
  const { flags, options, recording, onProgress } = sending
  const table = await tableOf(flags, shell)
  const production = await productionFor(flags, table, shell)
  const common = {
    production,
    redaction: table?.recording?.redact,
    ...options,
    exchanges: recording,
    readReport: recording.report,
    rulesFor: acceptedRules(table),
    onProgress,
  }
  if (options.writes === 'twin') return await sendToTwin({ flags, table, common }, shell)
  refuseOneArmTwice(flags, shell)
  const wanted = leaveOut(table, { only: flags.only, service: flags.service })
  return await replayRecording({ ...common, arms: { legacy: flags.legacy, service: flags.service }, leaveOut: wanted })
}

/** Whatever answers there agrees with itself: that may be looked at, and opens no gate. */
function refuseOneArmTwice({ legacy, service, maxMismatch }: ReplayFlags, { say }: Shell): void {
  if (legacy === undefined || service === undefined || !URL.canParse(legacy) || !URL.canParse(service)) return
  const { href, origin } = new URL(legacy)
  if (href !== new URL(service).href) return
  const message = `--legacy and --service are one address, ${origin}`
  if (maxMismatch !== undefined)
    throw usage('one-arm-twice', `${message}: it agrees with itself, which opens no gate`, 'name both arms')
  say(`! ${message}: it is compared with itself`)
}

interface TwinSending {
  readonly flags: ReplayFlags
  readonly table: RouteTable | undefined
  readonly common: Omit<ReplayOptions, 'arms'>
}

async function sendToTwin({ flags, table, common }: TwinSending, shell: Shell): Promise<ReplayReport> {
  if (flags.legacy !== undefined || flags.service !== undefined)
    throw usage(
      'twin-with-arms',
      'a twin starts both arms itself',
      'leave out --legacy and --service, or use --writes send',
    )
  if (flags.resume !== undefined)
    throw usage(
      'twin-with-resume',
      'a twin begins with fresh copies, so nothing can be gone on with',
      'leave out --resume',
    )
  if (table === undefined)
    throw usage('twin-without-table', 'no valid route table says whose arms are to be started', '--routes FILE')
  const wanted = leaveOut(undefined, { only: flags.only, service: undefined })
  const place = locate({ ...flags, routes: table.file }, shell)
  return await withTwin(
    {
      ...{ table, place, shell, capability: capabilityOf(flags, table) },
      commands: { legacy: flags.legacyCommand, service: flags.serviceCommand },
      databases: { legacy: flags.legacyDatabase, service: flags.serviceDatabase },
    },
    async (twin) => {
      const report = await replayRecording({
        ...common,
        ...twin.replay,
        leaveOut: either(twin.replay.leaveOut, wanted),
      })
      sayInnerCalls(twin, shell)
      return report
    },
  )
}

function either(twin: ReplayOptions['leaveOut'], wanted: LeaveOut): NonNullable<ReplayOptions['leaveOut']> {
  return (exchange) => wanted(exchange) ?? twin?.(exchange)
}

function capabilityOf({ capability }: ReplayFlags, table: RouteTable): Capability {
  if (capability !== undefined) return capabilityNamed(capability, table)
  const all = [...table.capabilities.values()]
  const withData = all.filter(({ manifest }) => manifest !== undefined)
  const [only, ...others] = all.length === 1 ? all : withData
  if (only !== undefined && others.length === 0) return only
  const known = all.map(({ name }) => name).join(', ')
  throw usage('twin-of-which', 'several capabilities could be started on copies', `--capability NAME, one of: ${known}`)
}

function sayInnerCalls(twin: Twin, { say }: Shell): void {
  const { forwarded, unlike } = twin.innerCalls()
  if (forwarded > 0)
    say(`(${forwarded} writes of legacy's own pages went to both arms, for the recording does not hold them)`)
  if (unlike > 0) say(`! the service answered ${unlike} of them with another status than legacy`)
}

function usage(code: string, message: string, hint: string): Fault {
  return new Fault(code, message, { hint, exitCode: exitCodes.usage })
}
