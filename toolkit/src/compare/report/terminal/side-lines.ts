import { describeDifference } from '../../describe/describe.ts'
import { countedText, countText, shareText } from '../figures.ts'
import type { ComparisonReport, RuleUse } from '../report.ts'
import { learntText, tellsOfIds } from '../tells-of-ids.ts'
import type { WrittenReport } from '../written-report.ts'
import { clipped, clippedWords, type Paint, padded } from './line.ts'
import type { TextOptions } from './report-text.ts'

/** Rules that want to be looked at; those in use are counted on one line. */
export function ruleLines(rules: readonly RuleUse[], paint: Paint): readonly string[] {
  if (rules.length === 0) return []
  const odd = rules.filter(({ state }) => state !== 'used')
  const used = rules.filter(({ state }) => state === 'used')
  const hid = used.reduce((sum, rule) => sum + rule.hid, 0)
  const head = `${countedText(rules.length, 'rule')}${used.length === 0 ? '' : `; ${countText(used.length)} in use, in ${countedText(hid, 'exchange')}`}`
  return [
    paint.bold(head),
    ...odd.map((rule) => `  ${stateText(rule, paint)}  ${rule.path}  ${rule.how}  (${rule.capability})`),
  ]
}

function stateText({ state, hid, until, atMostShare }: RuleUse, paint: Paint): string {
  switch (state) {
    case 'expired':
      return paint.red(`expired on ${until ?? 'an earlier day'}, hid ${countText(hid)}`)
    case 'overrun':
      return paint.red(
        `hid ${countText(hid)}, more than ${atMostShare === undefined ? 'it may' : shareText(atMostShare)}`,
      )
    case 'unused':
      return paint.yellow('matched nothing')
    case 'used':
      return `hid ${countText(hid)}`
    default: {
      const never: never = state
      return never
    }
  }
}

const shownSamples = 5

/** What each arm wrote into its own copy. */
export function writtenLines({ written, sides }: ComparisonReport, { paint, columns }: TextOptions): readonly string[] {
  if (written === undefined) return []
  const { capability, aggregates, equal, different, onlyLegacy, onlyService } = written
  const bad = [
    [different, 'different'],
    [onlyLegacy, `by ${sides[0]} alone`],
    [onlyService, `by ${sides[1]} alone`],
    [written.leftOut ?? 0, 'not compared: a bound was reached'],
  ] as const
  const counted = bad.filter(([count]) => count > 0).map(([count, what]) => paint.red(`${countText(count)} ${what}`))
  return [
    `${paint.bold('Written')}  ${countedText(aggregates, 'aggregate')} of ${capability}: ${[`${countText(equal)} equal`, ...counted].join(', ')}`,
    ...(written.accepted ?? []).map(({ path, reason, aggregates: count }) =>
      paint.dim(`  ${path} accepted in ${countText(count)}: ${reason}`),
    ),
    ...((written.differedBefore ?? 0) > 0
      ? [paint.dim(`  ${countText(written.differedBefore ?? 0)} differed before anything was sent`)]
      : []),
    ...written.samples
      .slice(0, shownSamples)
      .map((sample) => clippedWords(clipped(writtenLine(sample, sides), 2 * columns - 8), columns - 6)),
  ]
}

/** What one arm alone wrote is told whole, as far as there is room. */
function writtenLine({ key, ...sample }: WrittenReport['samples'][number], sides: ComparisonReport['sides']): string {
  const { path, legacy, service } = sample
  const begin = `  ${padded(key, 8)}`
  if (path !== '') return `${begin}${describeDifference({ kind: 'value', ...sample }, sides)}`
  const who = service === undefined ? `${sides[0]} alone` : legacy === undefined ? `${sides[1]} alone` : 'both'
  return `${begin}${who}: ${String(legacy ?? service)}`
}

/** How many dependent requests resolved on both arms, and ids that met more than one. */
export function idLines({ ids, sides }: ComparisonReport, paint: Paint): readonly string[] {
  if (ids === undefined || !tellsOfIds(ids)) return []
  const { pairs, dependent, conflicts, learnt = [] } = ids
  const share = dependent.exchanges === 0 ? '' : ` (${shareText(dependent.resolved / dependent.exchanges)})`
  return [
    `${paint.bold('Ids')}  ${countedText(pairs, 'pair')}; of ${countedText(dependent.exchanges, 'request')} that ${dependent.exchanges === 1 ? 'carries' : 'carry'} a value of an earlier answer, ${countText(dependent.resolved)} resolved on both arms${share}`,
    ...learnt.slice(0, shownSamples).map((field) => paint.dim(`  ${learntText(field)}`)),
    ...(learnt.length > shownSamples
      ? [paint.dim(`  and at ${countedText(learnt.length - shownSamples, 'more field')}`)]
      : []),
    ...conflicts
      .slice(0, shownSamples)
      .map(({ legacy, service, exchange }) =>
        paint.red(`  ${sides[0]} ${legacy} met ${sides[1]} ${service.join(' and ')}  (${exchange})`),
      ),
  ]
}
