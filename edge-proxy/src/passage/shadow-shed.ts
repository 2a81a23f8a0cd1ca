/** Every reason why a shadow is left out though its route wants it, with what is said of it. */
export const whyShadowShed = {
  /** As many wait as may: the other arm is slower than the requests come. */
  full: 'the shadow was full',
  /** The event loop has had no quiet moment for a while: requests come first. */
  busy: 'the edge was busy with requests',
  overloaded: 'the edge was overloaded',
  /** The other arm let several shadows in a row run into their time-out, and one is under way to see whether it answers again. */
  silent: 'the other arm answers nothing in time',
  'too-large': 'a body was larger than what is kept for comparing',
} as const

/** Why a shadow is left out. Each is counted. */
export type ShadowShed = keyof typeof whyShadowShed

/** Every reason, in the order in which they are shown. */
export const shadowShedReasons: readonly ShadowShed[] = ['full', 'busy', 'overloaded', 'silent', 'too-large']
