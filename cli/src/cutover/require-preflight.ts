import { exitCodes, Fault } from '@banyan/toolkit/base'
import { type Cutover, CutoverRefused, type Preflight } from '@banyan/toolkit/data-sync'
import { buildCutoverEdges } from '@banyan/toolkit/sync-worker/edges'
import { jsonDocument } from '../json-document.ts'
import type { OpenCapability } from '../with-sync.ts'
import { preflightText } from './cutover-text.ts'
import type { CutoverWish } from './wish.ts'

/** Sees that a cutover can go there, and back again; throws `cutover-preflight` (exit 3, or 5 where an edge does not answer), with each check printed. */
export async function requirePreflight(open: OpenCapability, moving: Cutover, wish: CutoverWish): Promise<void> {
  const preflight = await moving.preflight(wish.to, wish.bounds)
  if (!preflight.ok) throw await refusal(open, wish, preflight)
}

/** Runs a cutover, which looks once more before it begins: what it finds then is told, and ends, as the first look does. */
export async function refusedAlike<Result>(
  open: OpenCapability,
  wish: CutoverWish,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run()
  } catch (thrown) {
    throw thrown instanceof CutoverRefused ? await refusal(open, wish, thrown.preflight) : thrown
  }
}

async function refusal(open: OpenCapability, wish: CutoverWish, preflight: Preflight): Promise<Fault> {
  const { shell, name } = open
  if (wish.json) shell.out(jsonDocument({ capability: name, to: wish.to, outcome: 'refused', preflight }))
  else shell.out(preflightText(preflight, shell))
  const silent = (await buildCutoverEdges(open.edges).see()).some(({ answers }) => !answers)
  return preflightFault(name, preflight, silent ? exitCodes.unreachable : exitCodes.gateFailed)
}

function preflightFault(name: string, preflight: Preflight, exitCode: number): Fault {
  const wanting = preflight.checks.filter(({ outcome }) => outcome !== 'pass')
  return new Fault(
    'cutover-preflight',
    `${name} stays where it is: the preflight does not pass (${wanting.map((check) => check.name).join(', ')})`,
    {
      hint: 'nothing was changed',
      exitCode,
    },
  )
}
