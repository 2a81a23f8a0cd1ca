import { describeDifference, type SideNames } from '../describe/describe.ts'
import { notComparableReasons } from '../verdict.ts'
import type { RouteTally } from './tally.ts'

const shownGroups = 5

/**
 * The tally of one route as text for people: a line with the denominator, then the most frequent differences, each
 * with its newest sample. Nothing compared is said to be unknown, never good (law 7).
 */
export function formatRouteTally(tally: RouteTally, names?: SideNames): string {
  const shown = tally.groups.slice(0, shownGroups).map((group) => {
    const { kind, path, sample } = group
    const line = describeDifference({ kind, path, legacy: sample.legacy, service: sample.service }, names)
    return `  ${group.count}x ${line}  ${sample.request}`
  })
  const hidden = tally.groups.length - shown.length
  if (hidden > 0) shown.push(`  and ${hidden} more kinds of difference`)
  if (tally.groupsLeftOut > 0) shown.push(`  and ${tally.groupsLeftOut} differences that are not listed`)
  return [headline(tally), ...shown].join('\n')
}

function headline(tally: RouteTally): string {
  const result =
    tally.compared === 0 ? 'nothing compared: unknown' : `${tally.mismatched} of ${tally.compared} mismatched`
  const details = [
    counted(tally.noise, 'noise'),
    counted(tally.transient, 'transient'),
    counted(tally.shed, 'shed'),
    ...notComparableReasons.map((why) => counted(tally.notComparable[why], why)),
  ].filter((detail) => detail !== undefined)
  return `${tally.route}   ${result}${details.length === 0 ? '' : `   (${details.join(', ')})`}`
}

function counted(count: number, what: string): string | undefined {
  return count === 0 ? undefined : `${count} ${what}`
}
