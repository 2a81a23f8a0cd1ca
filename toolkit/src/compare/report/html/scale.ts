/** Where a share (0 to 1) stands on the ruler of mismatches, in percent of its width: logarithmic from 0.01 % to 100 %. */
export function rulerAt(share: number): number {
  if (share <= 0) return zeroAt
  return logarithmicFrom + (100 - rightMargin - logarithmicFrom) * Math.max(0, (Math.log10(share) + decades) / decades)
}

/** The marks of the ruler. */
export const rulerMarks: readonly { readonly share: number; readonly label: string }[] = [
  { share: 0, label: '0' },
  { share: 0.0001, label: '.01' },
  { share: 0.001, label: '.1' },
  { share: 0.01, label: '1' },
  { share: 0.1, label: '10' },
  { share: 1, label: '100%' },
]

const decades = 4
/** None at all has no logarithm: it has a place of its own, before the others. */
const zeroAt = 4
const logarithmicFrom = 14
const rightMargin = 5
