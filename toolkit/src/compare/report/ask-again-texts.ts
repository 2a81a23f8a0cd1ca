import { countedText, countText } from './figures.ts'
import type { DifferenceCluster, RouteComparison } from './report.ts'

/** Of a cluster: `flapping: 71 of 102 differences were gone when asked again, and no lag explains them`. */
export function flappingText({ flapping = 0, differences }: DifferenceCluster): string {
  const [verb, them] = flapping === 1 ? ['was', 'it'] : ['were', 'them']
  return `flapping: ${countText(flapping)} of ${countedText(differences, 'difference')} ${verb} gone when asked again, and no lag explains ${them}`
}

/** Of a route: what was gone, as far as anybody can tell why, `12 transient (3 unseen by legacy)`; undefined for nothing. */
export function transientText({ askedAgain }: RouteComparison): string | undefined {
  const { transient, unseen } = askedAgain
  if (transient === 0) return undefined
  return `${countText(transient)} transient${unseen === 0 ? '' : ` (${countText(unseen)} that nobody saw to be a lag)`}`
}
