import type { PathStep } from '../../base/index.ts'
import type { IdPlace } from '../ids.ts'

/** A place of which nothing is known. */
export const nowhere: IdPlace = { key: '', around: '' }

/** The place at the end of a path; indexes say nothing. */
export function placeOf(steps: readonly PathStep[]): IdPlace {
  let place = nowhere
  for (const step of steps) if (typeof step === 'string') place = below(place, step)
  return place
}

/** The place of what stands under a key. */
export function below({ key: around }: IdPlace, key: string): IdPlace {
  return { key, around }
}
