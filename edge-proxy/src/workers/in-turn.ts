/** Runs work one after the other, in the order in which it was asked for; what fails holds up nobody behind it. */
export type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>

/** Builds a line of its own. */
export function buildInTurn(): InTurn {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const next = last.then(work)
    last = next.catch(() => undefined)
    return next
  }
}
