/** A member's place in its bag, which nobody else may change. */
export interface Seat<Member> {
  readonly member: Member
  /** -1: it has left. */
  at: number
}

/**
 * What comes and goes all the time, in no order, such as the requests that are being served.
 *
 * No Set: V8 links each table that a Set or a Map gives up to the one after it, for the sake of iterators. Once one of those
 * has grown old, all that stands in any later one lives on until the next full collection, which is how a few kilobytes of
 * members keep a heap of dead ones.
 *
 * @example
 * const served = new Bag<Request>()
 * const seat = served.add(request)
 * served.remove(seat)
 */
export class Bag<Member> {
  readonly #seats: Seat<Member>[] = []

  get size(): number {
    return this.#seats.length
  }

  /** Those who are in it now: a copy. */
  members(): readonly Member[] {
    return this.#seats.map(({ member }) => member)
  }

  /** The same member may be in it several times. */
  add(member: Member): Seat<Member> {
    const seat = { member, at: this.#seats.length }
    this.#seats.push(seat)
    return seat
  }

  /** False when it has left before. */
  remove(seat: Seat<Member>): boolean {
    if (seat.at < 0) return false
    const last = this.#seats.pop()
    if (last !== undefined && last !== seat) {
      last.at = seat.at
      this.#seats[seat.at] = last
    }
    seat.at = -1
    return true
  }
}
