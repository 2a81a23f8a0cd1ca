import { formatDurationMs } from '../../../base/index.ts'
import { readOwners } from '../../worker/choose-direction.ts'
import { shownOwner } from '../plan.ts'
import { pendingIn } from '../recover/pending.ts'
import type { Check, Seeing } from './preflight.ts'

/** The other arm owns, both databases agree, nobody else is at it, and the fences are not off. */
export async function ownerChecks({ bench, from, to }: Seeing): Promise<readonly Check[]> {
  const rows = await readOwners(bench.jobs)
  const [source, target] = [rows[from], rows[to]]
  const pending = await pendingIn(bench)
  const checks: Check[] = []
  if (pending === undefined) checks.push({ name: 'pending', outcome: 'pass', detail: 'no cutover is under way' })
  else {
    const since = formatDurationMs(Math.max(0, bench.clock.now() - pending.startedAt))
    const detail = `${pending.coordinator} began one to ${pending.to} ${since} ago and is at step "${pending.step}"`
    checks.push({ name: 'pending', outcome: 'fail', detail, hint: '`banyan cutover --cancel` undoes it' })
  }
  checks.push(agreement())
  const off = [['legacy', rows.legacy] as const, ['service', rows.service] as const].filter(
    ([, row]) => row?.fence === 'off',
  )
  for (const [arm] of off) {
    const hint = `turn it on: banyan fence ${bench.capability} enforce`
    checks.push({
      name: 'fence',
      outcome: 'fail',
      detail: `the fence of ${arm} is off: a writer past the edges would be lost`,
      hint,
    })
  }
  if (off.length === 0)
    checks.push({
      name: 'fence',
      outcome: 'pass',
      detail: 'both fences will refuse writes by the arm that does not own',
    })
  return checks

  function agreement(): Check {
    const name = 'owner'
    // Legacy's database has no owner row before the first cutover, or where its fence was taken away: the first step installs it, in the epoch of the other.
    const agrees =
      source === undefined ? from === 'legacy' : source.owner === from && source.epoch <= (target?.epoch ?? 0)
    if (target?.owner === from && agrees) return { name, outcome: 'pass', detail: `both say ${shownOwner(target)}` }
    const detail = `the database of ${from} says ${shownOwner(source)}, that of ${to} says ${shownOwner(target)}`
    return {
      name,
      outcome: 'fail',
      detail,
      hint:
        target === undefined
          ? 'banyan sync backfill installs ownership'
          : 'was one of them restored from a backup? See banyan_owner in both',
    }
  }
}
