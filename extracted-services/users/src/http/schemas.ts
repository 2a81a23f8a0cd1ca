import { answers, largestKey, sent, textInput, wholeNumber } from '@banyan/toolkit/service-kit'
import { z } from 'zod'
import { newUser, user, userChanges } from '../domain/user.ts'

/** The path of one user. */
export const userPath = z.object({ id: wholeNumber(1, largestKey) })

/** Which users to list. `after` is the `next` of the page before. */
export const listQuery = z.object({
  after: wholeNumber(0, largestKey).default(0),
  limit: wholeNumber(1, 100).default(25),
})

/** What `POST /auth/login` wants. */
export const logInBody = z.strictObject({ email: textInput.min(1).max(254), password: z.string().min(1).max(1024) })

const page = z.object({ users: z.array(user), next: z.int().nullable() })

/** The clean API for its OpenAPI document: from the very schemas that check requests. */
export const documents = {
  create: {
    ...told('createUser', 'Create a user'),
    body: sent(newUser),
    response: answers({ 201: user }, 400, 409, 503),
  },
  find: { ...told('getUser', 'One user'), params: sent(userPath), response: answers({ 200: user }, 404) },
  list: {
    ...told('listUsers', 'Users in order of id'),
    querystring: sent(listQuery),
    response: answers({ 200: page }, 400),
  },
  change: {
    ...told('changeUser', 'Change a user: what is left out stays'),
    params: sent(userPath),
    body: sent(userChanges),
    response: answers({ 200: user }, 400, 404, 409, 503),
  },
  logIn: {
    ...told('logIn', 'Check an e-mail address and a password'),
    body: sent(logInBody),
    response: answers({ 200: z.object({ user }) }, 400, 401, 403),
  },
}

function told(operationId: string, summary: string) {
  return { operationId, summary, tags: ['users'], security: [{ apiKey: [] }] }
}
