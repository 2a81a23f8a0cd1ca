import type { Incoming } from './incoming.ts'
import { answerProblem } from './problem-answer.ts'
import type { Refusal } from './refusal.ts'

/**
 * Ends a request within its body: says why where no answer has begun, and closes the connection. Then the body fails, so that what is under
 * way upstream is ended too and never looks whole; Node says nothing of a body that goes on after its answer.
 */
export function cutUpload({ request, response }: Incoming, refusal: Refusal, requestId: string): void {
  const { socket } = request
  socket.once('close', () => request.destroy())
  answerProblem(response, refusal, requestId)
  socket.destroySoon()
}
