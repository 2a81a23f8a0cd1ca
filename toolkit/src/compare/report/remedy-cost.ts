import { countedText, countText } from './figures.ts'
import type { Remedy } from './report.ts'

/** What a remedy would remove and what else it would do, tried on what was compared: `removes 12 of 12, hides nothing else`. */
export function remedyCost({ removes, hidesOthers, breaks, triedOnSome }: Remedy, differences: number): string {
  const others = hidesOthers === 0 ? 'hides nothing else' : `hides ${countedText(hidesOthers, 'other difference')}`
  const broken =
    breaks === undefined
      ? []
      : [
          breaks.exchanges === 0
            ? `breaks none of ${countText(breaks.triedOn)} matches`
            : `breaks ${countText(breaks.exchanges)} of ${countText(breaks.triedOn)} matches`,
        ]
  const tried = triedOnSome === true ? ['tried on a part, for a bound was reached'] : []
  return [`removes ${countText(removes)} of ${countText(differences)}`, others, ...broken, ...tried].join(', ')
}
