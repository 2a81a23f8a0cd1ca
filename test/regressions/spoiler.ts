import { type ArmAnswer, type ArmRequest, type Customer, customerIdOf, isReadCustomer } from './customer.ts'
import { type Regression, regressions } from './regressions.ts'

/** A regression, and in which share (0-1) of the answers in which it could show it does. */
export interface Plant {
  readonly name: string
  readonly rate: number
}

/** Spoils answers, and knows how many. */
export interface Spoiler {
  spoil(request: ArmRequest, answer: ArmAnswer): ArmAnswer
  /** Answers spoiled so far, by regression. */
  readonly spoiled: ReadonlyMap<string, number>
}

interface Planted {
  readonly regression: Regression
  readonly rate: number
  /** Grows by the rate with each answer that could be spoiled; an answer costs 1. */
  owed: number
}

/**
 * Builds a spoiler. No answer is spoiled twice, and a regression's share is kept by counting, so that 1 % of 300 answers is
 * three of them and never none.
 */
export function buildSpoiler(plants: readonly Plant[]): Spoiler {
  const planted: readonly Planted[] = plants.map(({ name, rate }, index) => {
    return { regression: find(name), rate, owed: index / plants.length }
  })
  const spoiled = new Map<string, number>(plants.map(({ name }) => [name, 0]))
  const memory = buildMemory()
  return {
    spoiled,
    spoil(request, answer) {
      const earlier = memory.see(request, answer)
      if (planted.length === 0 || !isReadCustomer(request, answer)) return answer
      const customer: Customer = JSON.parse(answer.body)
      let given: ArmAnswer | undefined
      for (const plant of planted) {
        const { regression, rate } = plant
        const wrong = regression.spoil(answer, customer, earlier)
        if (wrong === undefined) continue
        plant.owed += rate
        if (given !== undefined || plant.owed < 1) continue
        plant.owed -= 1
        given = wrong
        spoiled.set(regression.name, (spoiled.get(regression.name) ?? 0) + 1)
      }
      return given ?? answer
    },
  }
}

function find(name: string): Regression {
  const found = regressions.find((regression) => regression.name === name)
  if (found === undefined) throw new Error(`no regression is called "${name}"`)
  return found
}

/** What each customer was answered as before their last change. Customers of a seeded shop are few enough to be kept. */
function buildMemory() {
  const lastRead = new Map<string, string>()
  const beforeChange = new Map<string, string>()
  return {
    see(request: ArmRequest, answer: ArmAnswer): string | undefined {
      const id = customerIdOf(request)
      if (id === undefined) return undefined
      if (request.method !== 'GET') {
        const before = lastRead.get(id)
        if (before !== undefined) beforeChange.set(id, before)
        return undefined
      }
      if (!isReadCustomer(request, answer)) return undefined
      lastRead.set(id, answer.body)
      const earlier = beforeChange.get(id)
      return earlier === answer.body ? undefined : earlier
    },
  }
}
