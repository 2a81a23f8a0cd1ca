/** What is wrong with bytes that should be an HTTP/1 answer; it says nothing of what stood in them. */
export class Invalid {
  readonly why: string

  constructor(why: string) {
    this.why = why
  }
}
