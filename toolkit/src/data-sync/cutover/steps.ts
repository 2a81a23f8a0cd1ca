/** The steps of a cutover and of its recovery, by name: what reports, intents and the model speak of. */
export type StepName =
  | 'preflight'
  | 'intent'
  | 'hold'
  | 'fenced'
  | 'fence'
  | 'tail'
  | 'follow'
  | 'ids'
  | 'commit'
  | 'learn'
  | 'owner'
  | 'release'
  | 'decide'
  | 'unfence'

/** One step, as a person reads it. */
export interface StepDescription {
  /** Its number in the protocol; the two steps that only an undo has bear none. */
  readonly number: number | undefined
  readonly does: string
}

/** What each step does, in the order of the protocol (docs/decisions/0006); the last two are those of an undo. */
export const stepDescriptions: Readonly<Record<StepName, StepDescription>> = {
  preflight: { number: 0, does: 'see that it can go there, and back again' },
  intent: { number: 1, does: 'note the intent in both databases and install the way back' },
  hold: { number: 2, does: 'hold new writes at every edge, and let those in flight end' },
  fenced: { number: 3, does: 'tell the edges that a hold which runs out answers 503 from now on' },
  fence: { number: 4, does: 'fence the old owner, when no writer has a transaction open' },
  tail: { number: 5, does: 'read what the old owner wrote last' },
  follow: { number: 6, does: 'apply it and verify it on the other arm' },
  ids: { number: 7, does: 'let the new owner hand out ids above those of the old one' },
  commit: { number: 8, does: 'make the new owner the owner' },
  learn: { number: 9, does: 'tell the database of the old owner' },
  owner: { number: 10, does: 'move the owner in the route table of every edge' },
  release: { number: 11, does: 'let held writes go, in order of arrival' },
  decide: { number: undefined, does: 'decide in the arbiter that it does not happen' },
  unfence: { number: undefined, does: 'let the old owner write again' },
}

/** The steps of a cutover in their order. */
export const cutoverSteps: readonly StepName[] = [
  'preflight',
  'intent',
  'hold',
  'fenced',
  'fence',
  'tail',
  'follow',
  'ids',
  'commit',
  'learn',
  'owner',
  'release',
]
