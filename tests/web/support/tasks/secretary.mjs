// What a committee's secretary does all day.
import assert from 'node:assert/strict'
import { join } from 'node:path'

const recordOf = (page) => decodeURIComponent(new URL(page.url()).pathname.split('/').pop())
const path = (kind, reference) => `/ledger/${kind}/${encodeURIComponent(reference)}`

export const secretary = [
  {
    who: 'secretary', task: 'calls a meeting, puts a paper on its agenda, writes its minutes and makes them final',
    async prepare({ portal }) {
      assert.equal((await portal.api('secretary', 'POST', '/ledger/committee', { fields: { code: 'TAG', name: 'Testing Advisory Group' } })).status, 201)
    },
    async steps({ page, hand, look, menu, make, act, api, way }) {
      const number = way === 'mouse' ? 1 : 2, day = `2026-10-0${number}`
      await menu('Meetings')
      await make('New meeting', ['Committee', 'TAG'], ['Number', `${number}`], ['Held', day], ['Begins', `${day}T10:00:00Z`], ['Ends', `${day}T11:30:00Z`])
      const meeting = recordOf(page)
      await menu('Papers')
      await make('New paper', ['Title', 'Test exit report'], ['Number', `${number}`], ['Held', day], ['Item', '3'], ['Decision type', 'decision'], ['Author', 'Test manager'], ['Dated', '2026-09-20'])
      const paper = recordOf(page)
      await act('Publish')
      await page.getByRole('main').getByText('published', { exact: true }).first().waitFor()
      await look('the paper')
      await menu('All records')
      await hand.click(page.getByRole('link', { name: 'Agenda item', exact: true }))
      await make('New agenda item', ['Meeting', meeting], ['Position', '3'], ['Subject', paper])
      await act('Minute', ['Minute', 'The group agreed to the exit.'])
      await page.getByRole('definition').getByText('The group agreed to the exit.').waitFor()
      await menu('All records')
      await hand.click(page.getByRole('link', { name: 'Attendance', exact: true }))
      await make('New attendance', ['Meeting', meeting], ['Who', 'Chair of the group'], ['Capacity', 'chair'], ['Mode', 'in person'])
      await menu('Meetings')
      await hand.click(page.getByRole('link', { name: meeting, exact: true }))
      await act('Draft')
      await page.getByRole('main').getByText('draft', { exact: true }).first().waitFor()
      await act('Finalise')
      await page.getByRole('main').getByText('final', { exact: true }).first().waitFor()
      await look('the meeting')
      const [tab] = await Promise.all([page.context().waitForEvent('page'), hand.click(page.getByRole('link', { name: /html of Minutes/ }))])
      await tab.waitForLoadState()
      for (const words of ['The group agreed to the exit.', 'Chair of the group']) assert.ok((await tab.locator('body').innerText()).includes(words), words)
      assert.equal((await api('GET', path('meeting', meeting))).json.state, 'final')
      assert.equal((await api('POST', '/ledger/agenda', { fields: { meeting, title: 'too late' } })).status >= 400, true, 'final minutes are not added to')
    },
  },
  {
    who: 'secretary', task: 'reads the report of a month with the rows behind it, and is told all that keeps it from being published',
    async prepare({ portal }) { portal.meterway('records', 'load', join(process.env.METERWAY_FIXTURES, 'panel_2018_08'), '--data', portal.data) },
    async steps({ page, hand, look, menu, api }) {
      await menu('Obligations and reports')
      await hand.type(page.getByLabel('Month (2018-08)'), '2018-08')
      await hand.type(page.getByLabel('As things stood on (2018-10-05)'), '2018-10-05')
      await hand.click(page.getByRole('button', { name: 'Apply' }))
      await look('what is owed')
      await hand.click(page.getByRole('link', { name: 'DCC reporting to the SEC Panel' }))
      const asked = '?month=2018-08&as_at=2018-10-05'
      await hand.click(page.getByRole('button', { name: 'Publish' }))
      await hand.click(page.getByRole('button', { name: 'Confirm: publish' }))
      const refused = page.getByRole('alert').filter({ hasText: 'Publication refused' })
      await refused.waitFor()
      await look('the report that is refused')
      const words = await refused.innerText()
      const answer = await api('POST', `/reports/panel/publish${asked}`)
      assert.equal(answer.status, 409)
      assert.ok(answer.json.errors.length >= 3)
      for (const one of answer.json.errors) assert.ok(words.includes(one.field) && words.includes(one.detail), `${one.field}: ${one.detail}`)
      assert.equal((await api('GET', '/ledger/edition')).json.total, 0, 'nothing was published')
      await hand.click(page.getByRole('link', { name: /rows behind Communications Hub deliveries on time/ }))
      await page.getByRole('heading', { level: 1, name: /Rows behind/ }).waitFor()
      await look('rows behind a figure')
      await hand.click(page.getByRole('region', { name: /Records that it is counted from/ }).getByRole('link').first())
      const list = new URL(page.url())
      const { json } = await api('GET', `${list.pathname}${list.search}`)
      assert.ok(json.total > 0)
      assert.equal(await page.getByRole('main').locator('tbody tr').count(), json.records.length)
    },
  },
  {
    who: 'secretary', task: 'asks for an action, keeps what its owner says, takes the evidence, settles a dispute and closes it',
    async prepare({ portal }) {
      await portal.api('secretary', 'POST', '/ledger/committee', { fields: { code: 'OPT', name: 'Operations team' } })
    },
    async steps({ page, hand, look, menu, make, act, api, open, way }) {
      await menu('Actions')
      await make('New action', ['Committee', 'OPT'], ['Number', '1'], ['Text', `Measure the outage alerts, by ${way}`], ['Owner', 'DCC'], ['Due', '2026-12-01'])
      const action = recordOf(page)
      await act('Update', ['Update', 'Measured in the North; the South follows.'])
      await page.getByRole('region', { name: 'History' }).getByText('Measured in the North').first().waitFor()
      await act('Show', ['Evidence', 'Figures of all regions.'])
      await page.getByRole('definition').getByText('Figures of all regions.').waitFor()
      await act('Dispute', ['Disputed by', 'Network member'], ['Dispute', 'The South is missing.'])
      await page.getByRole('definition').getByText('The South is missing.').waitFor()
      await act('Close', ['Evidence', 'Figures of all regions.'])
      await page.getByRole('alert').getByText(/disputed/).waitFor()
      await look('an action whose evidence is disputed')
      assert.equal((await api('GET', path('action', action))).json.state, 'open')
      await hand.click(page.getByRole('region', { name: 'What can be done' }).getByRole('button', { name: 'Cancel' }))
      await act('Settle', ['Settlement', 'The South was measured, too.'])
      await page.getByRole('definition').getByText('The South was measured, too.').waitFor()
      await act('Close', ['Evidence', 'Figures of all regions, the South among them.'])
      await page.getByRole('main').getByText('closed', { exact: true }).first().waitFor()
      await look('an action that is closed')
      const told = (await api('GET', path('action', action))).json
      assert.equal(told.state, 'closed')
      const reader = await open('secretary', '/ledger/committee/OPT')
      const [log] = await Promise.all([reader.page.context().waitForEvent('page'), reader.hand.click(reader.page.getByRole('link', { name: /html of Action log/ }))])
      await log.waitForLoadState()
      assert.ok((await log.locator('body').innerText()).includes(action))
    },
  },
]
