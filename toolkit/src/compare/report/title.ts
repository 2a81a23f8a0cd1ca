import { countedText, countText } from './figures.ts'
import type { ComparisonReport } from './report.ts'

/** What a comparison says in one line, with its numbers: the first thing that is read. */
export function titleOf({ routes }: ComparisonReport): string {
  const compared = sum(routes.map(({ bound }) => bound.compared))
  const mismatched = sum(routes.map(({ bound }) => bound.mismatched))
  if (compared === 0) return 'Nothing was compared'
  if (mismatched === 0) return `${countedText(compared, 'answer')} compared, no mismatch`
  return `${countText(mismatched)} of ${countedText(compared, 'answer')} mismatched`
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
