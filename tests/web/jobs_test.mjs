// A supplier's tester returns many hubs with one file: checked, tried, run, results; by mouse and by keyboard alone.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Hand, openBrowser, openPage, shot, signIn, sound, visit } from './support/browser.mjs'
import { enterHubs, returnsFile } from './support/hubs.mjs'
import { Portal } from './support/node.mjs'

let portal, browser
before(async () => {
  portal = await Portal.start()
  await enterHubs(portal, 120)
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await portal?.stop()
})

for (const [way, from] of [['mouse', 0], ['keyboard', 50]]) {
  test(`a file of returned hubs is checked, tried and run, by ${way}`, async () => {
    const page = await openPage(browser, portal, { keyboard: way === 'keyboard' })
    const hand = new Hand(page, way)
    await hand.signIn(portal, 'tester', '/jobs')
    await sound(page, 'the list of jobs')
    await hand.file(page.getByLabel('CSV file'), returnsFile(portal, `${way}.csv`, from, from + 40, 'no hub,no fault\r\n00db000100ffffff,no fault\r\n'))
    await hand.type(page.getByLabel('Name'), `Returns by ${way}`)
    await hand.click(page.getByRole('button', { name: 'Upload and check' }))
    await page.getByRole('heading', { level: 1, name: new RegExp(`Returns by ${way}`) }).waitFor()
    await page.getByRole('link', { name: '41 valid' }).waitFor()
    await hand.click(page.getByRole('link', { name: '1 not valid' }))
    await page.getByRole('cell', { name: /expected an EUI-64/ }).waitFor()
    await sound(page, 'a job that is checked')
    await hand.click(page.getByRole('button', { name: 'Dry run' }))
    await page.getByRole('link', { name: '40 would be done' }).waitFor()
    await page.getByRole('link', { name: '1 would be refused' }).waitFor()
    await hand.click(page.getByRole('button', { name: 'Run', exact: true }))
    assert.match(await page.getByRole('group', { name: 'Check before it runs' }).innerText(), /carried out\s+41/)
    await hand.click(page.getByRole('button', { name: 'Confirm: run' }))
    await page.getByRole('link', { name: '40 done' }).waitFor()
    await hand.click(page.getByRole('link', { name: '40 done' }))
    await page.getByRole('link', { name: /^HR/ }).first().waitFor()
    await sound(page, 'a job that is done')
    await shot(page, `job-${way}`)
    const [table] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download as CSV' }).first().click()])
    assert.equal(readFileSync(await table.path(), 'utf8').trim().split('\n').length, 41)
  })
}

test('what is wrong with a file is said at its field, and the same file shows its job', async () => {
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'tester', '/jobs')
  await page.getByRole('button', { name: 'Upload and check' }).click()
  await page.getByRole('alert').getByRole('link', { name: 'Choose a CSV file' }).click()
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'job-file')
  const bad = join(portal.folder, 'bad.csv')
  writeFileSync(bad, 'hub,colour\r\nx,y\r\n')
  await page.getByLabel('CSV file').setInputFiles(bad)
  await page.getByRole('button', { name: 'Upload and check' }).click()
  await page.getByRole('alert').getByRole('link', { name: /there is no column colour/ }).waitFor()
  await sound(page, 'a file that cannot be')
  await page.getByLabel('CSV file').setInputFiles(join(portal.folder, 'mouse.csv'))
  await page.getByRole('button', { name: 'Upload and check' }).click()
  await page.getByRole('heading', { level: 1, name: /Returns by mouse/ }).waitFor()
})

test('the desk reads jobs and cannot act; both pages fit 360 px', async () => {
  const page = await openPage(browser, portal, { width: 360, height: 740 })
  await signIn(page, portal, 'desk', '/jobs')
  await sound(page, 'the list of jobs at 360 px')
  await shot(page, 'jobs-360')
  await visit(page, '/jobs/1')
  await page.getByRole('link', { name: '40 done' }).waitFor()
  assert.match(await page.locator('main').innerText(), /Whose move it is: tester/)
  assert.equal(await page.getByRole('button', { name: 'Run', exact: true }).count(), 0)
  await sound(page, 'a job at 360 px')
  await shot(page, 'job-360')
})
