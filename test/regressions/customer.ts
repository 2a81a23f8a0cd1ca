/** The parts of a customer's JSON that regressions and additions touch; everything else is passed on as it came. */
export interface Customer {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly phone: string | null
  readonly createdAt: string
  readonly addresses: readonly Address[]
  /** Added in front of both arms. */
  readonly account: Account
}

/** An address of a customer, as far as it is touched here. */
export interface Address {
  readonly type: string
}

/** Figures of a customer that the shop does not have: amounts, which a service can get wrong. */
export interface Account {
  /** In dollars, never a round number: 57.35. */
  readonly balance: number
  /** In dollars, with two decimals that rounding to one would change. */
  readonly averageOrder: number
}

/** An answer of an arm before it goes out. */
export interface ArmAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The request that an answer is for. */
export interface ArmRequest {
  readonly method: string
  readonly target: string
}

const oneCustomer = /^\/api\/customers\/(\d+)$/

/** The id in a request for one customer; undefined for every other request. */
export function customerIdOf({ target }: ArmRequest): string | undefined {
  return oneCustomer.exec(target)?.[1]
}

/** Whether an answer is a customer who was read. */
export function isReadCustomer(request: ArmRequest, answer: ArmAnswer): boolean {
  return request.method === 'GET' && answer.status === 200 && customerIdOf(request) !== undefined
}
