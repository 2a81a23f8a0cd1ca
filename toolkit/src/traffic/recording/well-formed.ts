import { isJsonObject, type Json } from '../../base/index.ts'
import type { Exchange } from '../exchange.ts'

/** The 29th of February is left to the schema, which knows of leap years. */
const instant =
  /^\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/

/**
 * Whether a value is an exchange, as a recorder writes them. It says no to some that the schema takes, and never yes to one that
 * it refuses: the schema, which can say what is wrong, costs three times as much as parsing the line.
 */
export function isWellFormed(value: Json | undefined): value is Exchange & Json {
  if (!isJsonObject(value)) return false
  const { id, at, route, capability, servedBy, caller, request, response, tookMs } = value
  return (
    isText(id) &&
    isText(at) &&
    instant.test(at) &&
    isText(route) &&
    isTextOrNone(capability) &&
    isText(servedBy) &&
    isTextOrNone(caller) &&
    Number.isFinite(tookMs) &&
    isRequest(request) &&
    isResponse(response)
  )
}

function isRequest(value: Json | undefined): boolean {
  if (!isJsonObject(value)) return false
  const { method, target, headers, body } = value
  return isText(method) && method !== '' && isText(target) && target !== '' && areHeaders(headers) && isBodyOrNone(body)
}

function isResponse(value: Json | undefined): boolean {
  if (!isJsonObject(value)) return false
  const { status, headers, body } = value
  const isStatus = typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 999
  return isStatus && areHeaders(headers) && isBodyOrNone(body)
}

function areHeaders(value: Json | undefined): boolean {
  if (!Array.isArray(value)) return false
  for (const pair of value as readonly Json[]) {
    if (!Array.isArray(pair) || pair.length !== 2 || !isText(pair[0]) || !isText(pair[1])) return false
  }
  return true
}

/** One that says why it is not whole is left to the schema. */
function isBodyOrNone(value: Json | undefined): boolean {
  if (value === undefined) return true
  if (!isJsonObject(value) || value.notStored !== undefined || value.digest !== undefined) return false
  const { encoding, data, bytes, truncated } = value
  return (
    (encoding === 'utf8' || encoding === 'base64') &&
    isText(data) &&
    typeof bytes === 'number' &&
    bytes >= 0 &&
    typeof truncated === 'boolean'
  )
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string'
}

function isTextOrNone(value: Json | undefined): boolean {
  return value === undefined || typeof value === 'string'
}
