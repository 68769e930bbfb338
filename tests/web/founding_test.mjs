// Both founding documents are made by mouse: every record that stands behind the Panel report of August 2018 and the minutes of
// the Change Sub-Committee of February 2020 is entered in the pages' own forms, by the people who enter it, in the order of the fixtures.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openBrowser, openPage, settled, shot, signIn, sound, visit } from './support/browser.mjs'
import { Portal } from './support/node.mjs'

const fixtures = process.env.METERWAY_FIXTURES
const titleOf = (name) => name.charAt(0).toUpperCase() + name.slice(1).replace(/_/g, ' ')
const recordPath = (kind, reference) => `/ledger/${kind}/${encodeURIComponent(reference)}`

/// Enters steps of a fixture as people do, each in a browser of his own.
class Clerk {
  pages = {}
  revisions = {}
  constructor(browser, portal, usual) { Object.assign(this, { browser, portal, usual }) }

  async page(who = this.usual) {
    if (!this.pages[who]) {
      this.pages[who] = await openPage(this.browser, this.portal)
      await signIn(this.pages[who], this.portal, who)
    }
    return this.pages[who]
  }

  async enter(steps, folder) {
    for (const step of steps) {
      if (step.person) continue
      if (step.import) await this.take(step, folder)
      else if (step.make) await this.make(step)
      else if (step.do) await this.act(step.kind, step.reference, step)
      else if (step.decide) await this.decide(step)
      else assert.fail(`a step of no known form: ${JSON.stringify(step)}`)
    }
  }

  async make(step) {
    const page = await this.page(step.who)
    await go(page, `/ledger/${step.make}/new`)
    await fill(page.locator('main form').first(), step.fields)
    if (step.reference) await page.locator('#field-reference').fill(step.reference)
    if (step.class) await page.locator('#field-class').selectOption(step.class)
    await page.getByRole('button', { name: 'Make it' }).click()
    const reference = await told(page, () => /\/ledger\/[^/]+\/(?!new$)[^/]+$/.test(new URL(page.url()).pathname))
    for (const next of step.then ?? []) await this.act(step.make, reference, { who: step.who, ...next })
    return reference
  }

  async act(kind, reference, { do: action, fields = {}, who }) {
    const page = await this.page(who)
    await go(page, recordPath(kind, reference))
    const doing = page.getByRole('region', { name: 'What can be done' })
    const entries = page.getByRole('region', { name: 'History' }).locator('ol > li')
    await entries.first().waitFor()
    const count = await entries.count()
    await doing.getByRole('button', { name: titleOf(action), exact: true }).first().click()
    const form = doing.locator('form')
    await fill(form, fields)
    await form.getByRole('button', { name: titleOf(action), exact: true }).click()
    await Promise.race([
      entries.nth(count).waitFor(),
      page.locator('.govuk-error-summary').waitFor().then(async () => assert.fail(`${action} ${reference}: ${await page.locator('.govuk-error-summary').innerText()}`)),
    ])
  }

  async decide(step) {
    const subject = step.decide.subject
    const { json } = await this.portal.api('operator', 'GET', recordPath('proposal', subject))
    await this.make({ make: 'decision', who: step.who, fields: { ...step.decide, revision: json.revision } })
  }

  async take(step, folder) {
    const page = await this.page(step.who)
    await go(page, `/ledger/${step.import}/new`)
    await page.getByText('Many at once, from a CSV').click()
    await page.locator('#import-file').setInputFiles(join(folder, step.file))
    await page.getByRole('button', { name: 'Take the file' }).click()
    await page.getByText(/^Taken/).waitFor()
  }
}

/// To another page without loading everything anew: as a link does.
async function go(page, path) {
  await page.evaluate((to) => {
    const link = document.createElement('a')
    link.href = to
    document.body.append(link)
    link.click()
    link.remove()
  }, path)
  await page.waitForFunction((to) => location.pathname === new URL(to, location.href).pathname, path)
  await settled(page)
}

async function fill(form, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const field = form.locator(`[id="field-${name}"]`)
    await field.waitFor({ state: 'attached' })
    if (!await field.isVisible()) await form.getByText('More that may come with it').click()
    const kind = await field.evaluate((element) => (element.type === 'radio' ? 'radio' : element.tagName))
    const text = Array.isArray(value) ? value.map(String).join('\n') : String(value)
    if (kind === 'radio') await form.locator(`input[name="field-${name}"][value="${text}"]`).check()
    else if (kind === 'SELECT') await field.selectOption(text)
    else await field.fill(text)
  }
}

/// Waits until the record's page is there, or says what was refused. The reference.
async function told(page, isThere) {
  const failed = page.locator('.govuk-error-summary')
  for (let tries = 0; tries < 200; ++tries) {
    if (isThere()) {
      await settled(page)
      return decodeURIComponent(new URL(page.url()).pathname.split('/').pop())
    }
    if (await failed.count()) assert.fail(await failed.innerText())
    await page.waitForTimeout(25)
  }
  return assert.fail('no record came')
}

let portal, browser
const stepsOf = (name) => JSON.parse(readFileSync(join(fixtures, name, 'steps.json'), 'utf8'))
before(async () => {
  const more = {}
  for (const name of ['panel_2018_08', 'csc_2020_02']) {
    for (const step of stepsOf(name)) if (step.person) more[step.person] = [step.party, step.roles, step.clearance]
  }
  portal = await Portal.start(more)
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await portal?.stop()
})

test('the report to the Panel of August 2018 is entered by mouse, and its publication is refused with all that is unexplained', async () => {
  const clerk = new Clerk(browser, portal, 'dcc')
  await clerk.enter(stepsOf('panel_2018_08'), join(fixtures, 'panel_2018_08'))
  const page = await clerk.page('dcc')
  await visit(page, '/reports')
  await page.getByLabel('Month (2018-08)').fill('2018-08')
  await page.getByLabel('As things stood on (2018-10-05)').fill('2018-10-05')
  await page.getByRole('button', { name: 'Apply' }).click()
  await settled(page)
  await sound(page, 'obligations')
  await shot(page, 'obligations')
  await page.getByRole('link', { name: 'DCC reporting to the SEC Panel' }).click()
  await settled(page)
  assert.match(await page.locator('main').innerText(), /25\.00 %/)
  await page.getByRole('button', { name: 'Publish' }).click()
  await page.getByRole('button', { name: 'Confirm: publish' }).click()
  const refused = page.locator('#refused')
  await refused.waitFor()
  assert.match(await refused.innerText(), /UNA\d+.*unmatched/s)
  assert.match(await refused.innerText(), /a dated explanation with reasons is missing/)
  assert.match(await refused.innerText(), /preventive steps are missing/)
  await sound(page, 'the report')
  await shot(page, 'panel-report')
  const html = await portal.api('dcc', 'GET', '/reports/panel?month=2018-08&as_at=2018-10-05&format=html')
  assert.equal(html.status, 200)
  assert.match(html.text, /1,?209,?004/)
  await page.getByRole('link', { name: /rows behind Communications Hub deliveries on time/ }).nth(1).click()
  await settled(page)
  await sound(page, 'rows behind a figure')
})

test('the minutes of the Change Sub-Committee of 25 February 2020 are entered by mouse, and the document says them', async () => {
  const clerk = new Clerk(browser, portal, 'secretary')
  await clerk.enter(stepsOf('csc_2020_02'), join(fixtures, 'csc_2020_02'))
  const page = await clerk.page('secretary')
  await visit(page, recordPath('meeting', 'CSC 12_2502'))
  await sound(page, 'a meeting')
  await shot(page, 'meeting')
  const minutes = page.getByRole('link', { name: /html of Minutes/ })
  const [tab] = await Promise.all([page.context().waitForEvent('page'), minutes.click()])
  await tab.waitForLoadState()
  const text = await tab.locator('body').innerText()
  for (const words of ['DP096', 'CSC 10/01', 'CSC 12/01', 'further development', 'Network Party member']) assert.ok(text.includes(words), words)
})
