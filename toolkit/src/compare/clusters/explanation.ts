/** Why a pattern comes about, and what of the translator would have to change. `{field}`, `{detail}` and
 * `{decimals}` are filled in. */
export interface Explanation {
  /** What the pattern's name begins with; what follows it is the detail. */
  readonly prefix: string
  readonly cause: string
  readonly change?: string
}
