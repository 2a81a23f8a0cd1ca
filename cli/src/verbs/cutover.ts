import { durationMs, exitCodes, Fault } from '@banyan/toolkit/base'
import type { StepReport } from '@banyan/toolkit/data-sync'
import type { Command } from 'commander'
import { confirm } from '../cutover/confirm.ts'
import { stepText, summaryText } from '../cutover/cutover-text.ts'
import { dryRun } from '../cutover/dry-run.ts'
import { cancelPending, endPending } from '../cutover/end-pending.ts'
import { mendOwner, ownedBy } from '../cutover/mend-owner.ts'
import { refusedAlike, requirePreflight } from '../cutover/require-preflight.ts'
import { openCutover, runCutover } from '../cutover/run-cutover.ts'
import type { CutoverWish } from '../cutover/wish.ts'
import { jsonDocument } from '../json-document.ts'
import { type PlaceOptions, withPlace } from '../place.ts'
import { sayLosses } from '../say-losses.ts'
import type { Shell } from '../shell.ts'
import { type OpenCapability, withSync } from '../with-sync.ts'

interface CutoverOptions extends PlaceOptions {
  readonly to?: string
  readonly dryRun?: true
  readonly maxHold: string
  readonly confirm?: string
  readonly reason?: string
  readonly quietFor?: string
  readonly verifiedWithin?: string
  readonly cancel?: true
  readonly json?: true
}

/** `banyan cutover CAPABILITY`: moves the ownership of a capability's writes from one arm to the other, or leaves it where it was. */
export function addCutover(program: Command, shell: Shell): void {
  withPlace(program.command('cutover'))
    .summary('move who may write a capability, with its data proven and writes held, not lost')
    .description(
      'Holds new writes at every edge, fences the old owner, applies and verifies what it wrote last, moves the owner, and lets the writes go to the new one. What fails before the commit is undone; after it the cutover goes on to its end. Ctrl-C before the commit undoes it. One that was left pending is ended first.',
    )
    .argument('<capability>', 'a capability of the route table, such as users')
    .option('--to <arm>', 'service, or legacy to go back')
    .option('--dry-run', 'show the preflight and what each step would do; change nothing')
    .option('--max-hold <time>', 'hold writes for at most so long; past it they are undone or answered 503', '2s')
    .option('--quiet-for <time>', 'demand that an observing fence saw no unknown writer for so long')
    .option('--verified-within <time>', 'demand that the last whole verification is no older (15m unless said)')
    .option('--confirm <capability>', "the capability's name, instead of typing it")
    .option('--reason <text>', 'why, for the journal')
    .option('--cancel', 'undo a cutover that is pending')
    .option('--json', 'one JSON document')
    .addHelpText('after', examples)
    .action(async (name: string, options: CutoverOptions) => {
      await withSync(name, { options, shell }, (open) => cutover(open, options))
    })
}

const examples = `
Examples:
  banyan cutover users --to service --dry-run
  banyan cutover users --to service --confirm=users --reason "data proven"
Next:
  banyan status                         who owns, who holds, what is pending
  banyan cutover users --to legacy      goes back, with what was written since`

async function cutover(open: OpenCapability, options: CutoverOptions): Promise<void> {
  const { shell, name, manifest } = open
  if (open.edges.urls.length === 0) throw withoutEdges(open)
  const moving = openCutover(open)
  if (options.cancel === true) return await cancelPending(open, moving, options.json === true)
  const wish = wishOf(options, name)
  if (options.dryRun === true) return await dryRun(open, moving, wish)
  await endPending(open, moving)
  if ((await ownedBy(open)) === wish.to) return await mendOwner(open, wish.to, wish.json)
  sayLosses(manifest, shell)
  await requirePreflight(open, moving, wish)
  const what = `this moves who may write the data of ${name}. It can be moved back, with all that is written meanwhile.`
  await confirm({ name, given: options.confirm, what }, shell)
  const onStep = (step: StepReport) => shell.say(stepText(step, shell))
  const run = { signal: shell.signal, onStep }
  const report = await refusedAlike(open, wish, () => runCutover(open, wish, run))
  shell.out(wish.json ? jsonDocument({ capability: name, ...report }) : summaryText(name, report, shell))
  if (report.outcome === 'undone') shell.endWith(shell.signal.aborted ? exitCodes.interrupted : exitCodes.gateFailed)
}

function wishOf(options: CutoverOptions, name: string): CutoverWish {
  const { to, maxHold, quietFor, verifiedWithin, reason, json } = options
  const bounds = {
    maxHoldMs: durationMs(maxHold),
    ...(quietFor === undefined ? {} : { quietForMs: durationMs(quietFor) }),
    ...(verifiedWithin === undefined ? {} : { verifiedWithinMs: durationMs(verifiedWithin) }),
  }
  return { to: armIn(to, name), bounds, reason, json: json === true }
}

function armIn(text: string | undefined, name: string): CutoverWish['to'] {
  if (text === 'legacy' || text === 'service') return text
  throw new Fault('arm-unknown', text === undefined ? 'say where to: --to service' : `"${text}" is no arm`, {
    hint: `banyan cutover ${name} --to service, or --to legacy to go back`,
    exitCode: exitCodes.usage,
  })
}

function withoutEdges({ place }: OpenCapability): Fault {
  return new Fault('edges-unnamed', `${place.routes} names no edge: nobody could hold writes`, {
    hint: 'add the admin address of every edge: edges: [http://127.0.0.1:8081]',
    exitCode: exitCodes.invalidConfig,
  })
}
