/** What carries an exchange: a connection, or the line of those that wait for one. */
export interface Carrier {
  pause(): void
  resume(): void
  /** Ends the connection, or takes the exchange out of the line. */
  drop(): void
  /** The same bytes, to be kept. */
  keep(view: Buffer): Buffer
}
