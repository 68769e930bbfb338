// What the service desk does all day. Its planner keeps the calendar of maintenance.
import assert from 'node:assert/strict'

const kOther = '90b3d51f30030000', kMeter = '00db1234567890a0'   // a supplier who is not registered for this meter

export const desk = [
  {
    who: 'desk', task: 'finds what was refused in the live view, opens its trace, and explains by which rule',
    async steps({ page, hand, look, menu, api, portal }) {
      const request = portal.send('4.1.1', '--from', kOther, '--to', kMeter)
      await menu('Live view')
      const filters = page.getByRole('search', { name: 'Filters' })
      await hand.type(filters.getByLabel('User (EUI-64)'), kOther)
      await hand.select(filters.getByLabel('Outcome', { exact: true }), 'refused')
      await hand.click(page.getByRole('button', { name: 'Apply' }))
      await hand.click(page.getByRole('button', { name: 'Pause' }))
      await look('the live view, paused')
      await hand.click(page.getByRole('main').getByRole('link', { name: request }))
      await page.getByRole('region', { name: 'Whose move it is' }).getByText(/E4/).waitFor()
      await look('the trace of what was refused')
      await menu('May this User ask this?')
      await hand.type(page.getByLabel('User (EUI-64)'), kOther)
      await hand.type(page.getByLabel('Service request (4.1.1)'), '4.1.1')
      await hand.type(page.getByLabel('Device (EUI-64)'), kMeter)
      await hand.click(page.getByRole('button', { name: 'Apply' }))
      await page.getByRole('main').getByText('refused', { exact: true }).waitFor()
      await look('why')
      const words = await page.getByRole('main').innerText()
      const { json } = await api('GET', `/explain/access?user=${kOther}&service=4.1.1&device=${kMeter}`)
      assert.equal(json.allowed, false)
      assert.equal(json.code, 'E4')
      for (const one of [json.rule.rule, json.rule.clause, json.rule.says]) assert.ok(words.includes(one), one)
      const traced = (await portal.api('operator', 'GET', `/trace/${encodeURIComponent(request)}?format=json`)).json
      assert.ok(traced.steps.some((step) => step.rule?.name === json.rule.rule), 'the road was refused by the same rule')
    },
  },
  {
    who: 'desk', task: 'raises an incident, has its category reckoned, and resolves and closes it',
    async steps({ page, hand, look, menu, api, way }) {
      await menu('Incidents')
      await hand.click(page.getByRole('link', { name: 'New incident' }))
      await hand.type(page.getByLabel('Title', { exact: true }), `Hubs do not join, by ${way}`)
      await hand.type(page.getByLabel('Raised'), '2026-11-01T08:00:00Z')
      await hand.type(page.getByLabel('Description'), 'Installs in the North fail at the hub.')
      await hand.click(page.getByRole('button', { name: 'Make it' }))
      await page.getByRole('heading', { level: 1, name: new RegExp(`by ${way}`) }).waitFor()
      const doing = page.getByRole('region', { name: 'What can be done' })
      await hand.click(doing.getByRole('button', { name: 'Categorise' }))
      for (const question of ['Install commission', 'Prepay', 'Change of supplier', 'Reads', 'Alerts', 'Workaround', 'Financial loss']) {
        await hand.choose(page.getByRole('group', { name: question }).getByLabel(question === 'Install commission' ? 'degraded' : 'none', { exact: true }))
      }
      await hand.type(page.getByLabel('Users affected'), '4')
      await hand.type(page.getByLabel('Estate share'), '1')
      await hand.choose(page.getByRole('group', { name: 'Data loss' }).getByLabel('no', { exact: true }))
      await look('the questions of the category helper')
      await hand.click(doing.locator('form').getByRole('button', { name: 'Categorise' }))
      await page.getByRole('term').filter({ hasText: /^Rationale$/ }).waitFor()
      await look('the category and its reason')
      const reference = decodeURIComponent(new URL(page.url()).pathname.split('/').pop())
      const told = (await api('GET', `/ledger/incident/${reference}`)).json
      assert.match(told.fields.category, /^[1-5]$/)
      assert.equal(told.fields.category, told.fields.proposed_category)
      assert.ok(told.fields.rationale.length > 10)
      await hand.click(doing.getByRole('button', { name: 'Resolve' }))
      await hand.type(page.getByLabel('Resolution'), 'The region was restarted.')
      await hand.click(doing.locator('form').getByRole('button', { name: 'Resolve' }))
      await hand.click(doing.getByRole('button', { name: 'Close' }))
      await hand.click(doing.locator('form').getByRole('button', { name: 'Close' }))
      await page.getByRole('main').getByText('closed', { exact: true }).first().waitFor()
      assert.equal((await api('GET', `/ledger/incident/${reference}`)).json.state, 'closed')
    },
  },
  {
    who: 'planner', task: 'plans maintenance, is refused for too short notice, moves the window, and confirms it',
    async steps({ page, hand, look, menu, api, way }) {
      const soon = monthAfter(1), later = monthAfter(3), day = way === 'mouse' ? 10 : 17
      await menu('Maintenance')
      await hand.click(page.getByRole('link', { name: 'Plan a window' }))
      await hand.type(page.getByLabel('Title', { exact: true }), `Database upgrade, by ${way}`)
      await hand.type(page.getByLabel('Provider'), 'DSP')
      await hand.type(page.getByLabel(/^Start( |$)/), `${soon}-${day}T21:00:00Z`)
      await hand.type(page.getByLabel(/^End( |$)/), `${soon}-${day}T23:00:00Z`)
      await hand.type(page.getByLabel('Services'), 'DUIS')
      await hand.click(page.getByRole('button', { name: 'Make it' }))
      await page.getByRole('heading', { level: 1, name: new RegExp(`by ${way}`) }).waitFor()
      const doing = page.getByRole('region', { name: 'What can be done' })
      await hand.click(doing.getByRole('button', { name: 'Confirm' }))
      await hand.click(doing.locator('form').getByRole('button', { name: 'Confirm' }))
      const refused = page.getByRole('alert')
      await refused.getByText(/notice is \d+ working days/).waitFor()
      await look('a window that is refused')
      const reference = decodeURIComponent(new URL(page.url()).pathname.split('/').pop())
      const window = async () => (await api('GET', `/ledger/maintenance/${reference}`)).json
      assert.equal((await window()).state, 'proposed')
      await hand.click(doing.getByRole('button', { name: 'Change' }))
      await hand.type(page.getByLabel(/^Start( |$)/), `${later}-${day}T21:00:00Z`)
      await hand.type(page.getByLabel(/^End( |$)/), `${later}-${day}T23:00:00Z`)
      await hand.click(page.getByRole('button', { name: 'Save' }))
      await page.getByRole('region', { name: 'History' }).getByText(`${later}-${day}T21:00:00Z`).first().waitFor()
      await hand.click(doing.getByRole('button', { name: 'Confirm' }))
      await hand.click(doing.locator('form').getByRole('button', { name: 'Confirm' }))
      await page.getByRole('main').getByText('confirmed', { exact: true }).first().waitFor()
      await menu('Maintenance')
      await page.getByRole('row', { name: new RegExp(reference) }).getByText(/\d+ working days/).waitFor()
      await look('the calendar')
      const after = await window()
      assert.equal(after.state, 'confirmed')
      assert.ok(Number(after.fields.notice_working_days) >= 20)
      assert.ok((await api('GET', '/maintenance.ics')).text.includes(reference), 'the calendar that others read has it')
    },
  },
]

function monthAfter(months) {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1)).toISOString().slice(0, 7)
}
