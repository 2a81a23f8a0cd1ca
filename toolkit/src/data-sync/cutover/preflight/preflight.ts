import { exitCodes, Fault } from '../../../base/index.ts'
import type { Arm } from '../action.ts'
import type { Workbench } from '../parts.ts'
import { otherArm } from '../plan.ts'
import { edgeChecks } from './edge-checks.ts'
import { idChecks } from './id-checks.ts'
import { ownerChecks } from './owner-checks.ts'
import { quietChecks } from './quiet-checks.ts'
import { inverseChecks, schemaChecks } from './schema-checks.ts'
import { syncChecks, verifiedWords } from './sync-checks.ts'

/** One thing that a cutover needs. `unknown` is as bad as `fail`: what was not seen does not open a gate (law 7). */
export interface Check {
  readonly name: string
  readonly outcome: 'pass' | 'fail' | 'unknown'
  readonly detail: string
  readonly hint?: string
}

/** What speaks for and against a cutover. */
export interface Preflight {
  readonly ok: boolean
  readonly checks: readonly Check[]
  /** What the last whole verification found, for people: `98640 aggregates verified equal 12 s before`. */
  readonly verified: string | undefined
}

/** What a preflight demands beyond what is always needed. */
export interface PreflightOptions {
  /** The last whole verification must not have begun earlier than this. Default 15 minutes. */
  readonly verifiedWithinMs?: number
  /** Lag at most. Default 1000. */
  readonly maxLagMs?: number
  /** The observing fence must have seen nobody write for so long; undefined: not asked. */
  readonly quietForMs?: number
  /** Who may write all the same: by what the connection calls itself, or where only these columns change. */
  readonly except?: { readonly applications?: readonly string[]; readonly columns?: readonly string[] }
}

/** What each group of checks is made from. */
export interface Seeing {
  readonly bench: Workbench
  readonly to: Arm
  readonly from: Arm
  readonly options: PreflightOptions
}

type Group = (seeing: Seeing) => Promise<readonly Check[]>

const groups: readonly (readonly [string, Group])[] = [
  ['schema', schemaChecks],
  ['owner', ownerChecks],
  ['sync', syncChecks],
  ['inverse', inverseChecks],
  ['ids', idChecks],
  ['edges', edgeChecks],
  ['quiet', quietChecks],
]

/** Looks at everything that a cutover to this arm needs. Changes nothing; what cannot be looked at is unknown, with the reason. */
export async function seePreflight(bench: Workbench, to: Arm, options: PreflightOptions): Promise<Preflight> {
  const seeing: Seeing = { bench, to, from: otherArm(to), options }
  const checks: Check[] = []
  for (const [name, group] of groups)
    checks.push(...(await group(seeing).catch((thrown: unknown) => [unseen(name, thrown)])))
  const ok = checks.every(({ outcome }) => outcome === 'pass')
  return { ok, checks, verified: await verifiedWords(seeing).catch(() => undefined) }
}

/** A cutover that did not begin, for its preflight does not pass: `cutover-refused`, with everything that was seen. */
export class CutoverRefused extends Fault {
  readonly preflight: Preflight

  constructor(message: string, hint: string, preflight: Preflight) {
    super('cutover-refused', message, { hint, exitCode: exitCodes.gateFailed })
    this.preflight = preflight
  }
}

/** The preflight, if it is well. Throws `CutoverRefused`. */
export async function assertPreflight(bench: Workbench, to: Arm, options: PreflightOptions): Promise<Preflight> {
  const preflight = await seePreflight(bench, to, options)
  if (preflight.ok) return preflight
  const against = preflight.checks.filter(({ outcome }) => outcome !== 'pass')
  const said = against.map(
    ({ name, outcome, detail }) => `${name}: ${outcome === 'unknown' ? 'unknown, ' : ''}${detail}`,
  )
  const hints = [...new Set(against.flatMap(({ hint }) => hint ?? []))].join('; ')
  throw new CutoverRefused(
    `${bench.capability} cannot be moved to ${to} now: ${said.join('; ')}`,
    hints === '' ? 'banyan cutover --dry-run shows every check' : hints,
    preflight,
  )
}

function unseen(name: string, thrown: unknown): Check {
  const detail = thrown instanceof Error ? thrown.message : String(thrown)
  return {
    name,
    outcome: thrown instanceof Fault ? 'fail' : 'unknown',
    detail,
    ...(thrown instanceof Fault && thrown.hint !== undefined && { hint: thrown.hint }),
  }
}
