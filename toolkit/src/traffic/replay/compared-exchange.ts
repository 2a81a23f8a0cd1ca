import { isJsonObject, parseJson } from '../../base/index.ts'
import type { Answer, ComparedExchange } from '../../compare/index.ts'
import type { Exchange } from '../exchange.ts'
import type { ArmAnswer } from './arm-answer.ts'
import { recordedAnswer } from './recorded-answer.ts'
import type { ReplayOptions } from './replay-options.ts'
import type { Replayed } from './replayed.ts'

/** An exchange as the comparison takes it; with one arm, the recorded answer takes the legacy side. */
export function comparedExchange(replayed: Replayed, { rulesFor, arms }: ReplayOptions): ComparedExchange {
  const { exchange, answers, verdict, legacyAgain, askedAgain } = replayed
  const { route, capability, id, at, request } = exchange
  const both = arms.legacy !== undefined && arms.service !== undefined
  const live = { legacy: answerOf(answers.legacy), service: answerOf(answers.service) }
  return {
    route,
    capability,
    exchange: id,
    at,
    verdict,
    legacyAgain,
    askedAgain,
    request: `${request.method} ${request.target}`,
    parameters: parametersOf(exchange),
    answers: both ? live : { legacy: recordedAnswer(exchange), service: live.legacy ?? live.service },
    tookMs: { legacy: answers.legacy?.tookMs, service: answers.service?.tookMs },
    rules: rulesFor?.(exchange) ?? noRules,
  }
}

/** One list, for rules are compiled once per list. */
const noRules: ComparedExchange['rules'] = []

function answerOf(answer: ArmAnswer | undefined): Answer | undefined {
  return answer?.ok === true ? answer.answer : undefined
}

/** Names of the parameters of a request: of the query, and of the top level of a form or JSON body. */
export function parametersOf({ request }: Exchange): readonly string[] {
  const mark = request.target.indexOf('?')
  const query = mark < 0 ? [] : fieldNames(request.target.slice(mark + 1))
  const { body } = request
  if (body === undefined || body.encoding === 'base64' || body.truncated) return query
  if (!/^\s*[[{]/.test(body.data)) return body.data.includes('=') ? [...query, ...fieldNames(body.data)] : query
  const json = parseJson(body.data)
  return isJsonObject(json) ? [...query, ...Object.keys(json)] : query
}

function fieldNames(fields: string): string[] {
  const names = fields.split('&').map((field) => field.split('=', 1)[0] ?? '')
  return names.filter((name) => name !== '')
}
