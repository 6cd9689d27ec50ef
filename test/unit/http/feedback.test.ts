import { describe, expect, it } from 'vitest'
import type { Rating } from '../../../src/core/learn/learning.ts'
import { answerFeedback } from '../../../src/http/feedback.ts'

function send(body: string) {
  const rated: Rating[] = []
  const learning = {
    rate(rating: Rating) {
      rated.push(rating)
      return rating.id === 'wb_01' && rating.client === 'web'
    },
  }
  const answer = answerFeedback('web', Buffer.from(body), learning, 5)
  return { answer, rated }
}

describe('POST /v1/feedback', () => {
  it('passes a score on, under the name of the client that sends it', () => {
    const { answer, rated } = send('{ "id": "wb_01", "score": 0.8, "comment": "good" }')
    expect(answer).toEqual({ ok: true, value: { id: 'wb_01', score: 0.8 } })
    expect(rated).toEqual([{ id: 'wb_01', score: 0.8, client: 'web' }])
  })

  it('knows nothing of requests of others, or of long ago', () => {
    const { answer } = send('{ "id": "wb_02", "score": 1 }')
    expect(answer).toMatchObject({ ok: false, status: 404, failure: { param: 'id' } })
  })

  it.each([
    ['', null],
    ['[]', null],
    ['{ "score": 1 }', 'id'],
    ['{ "id": "chatcmpl-1", "score": 1 }', 'id'],
    ['{ "id": "wb_01" }', 'score'],
    ['{ "id": "wb_01", "score": "1" }', 'score'],
    ['{ "id": "wb_01", "score": 1.01 }', 'score'],
    ['{ "id": "wb_01", "score": -0.1 }', 'score'],
    ['{ "id": "wb_01", "score": 1e999 }', 'score'],
  ])('says what is wrong with %s', (body, param) => {
    const { answer, rated } = send(body)
    expect(answer).toMatchObject({ ok: false, failure: { class: 'invalid_request', param } })
    expect(rated).toEqual([])
  })
})
