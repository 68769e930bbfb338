import { useState } from 'preact/hooks'
import { ask, type Problem } from '@/lib/api'
import { Confirm } from '@/parts/confirm'
import { Copy } from '@/parts/copy'
import { Button, Textarea } from '@/parts/fields'
import { ProblemBox } from '@/parts/states'
import { Summary } from '@/parts/summary'
import { Tabs } from '@/parts/tabs'
import { Tag } from '@/parts/tag'
import { DecisionLines, type Line, type Rule } from '@/pages/explain/decision'
import type { Form } from '@/pages/send/form_parts'

export interface Preview {
  service: string
  user: string
  target: string
  cv: number
  web_service: string
  valid: boolean
  errors: { field: string; detail: string; wants?: string }[]
  xml: string
  access: { allowed: boolean; answer: string; code?: string; sentence?: string; words?: string; as?: string; rule?: Rule; lines: Line[] }
  becomes: { use_case?: string; code?: string; name?: string; critical?: boolean; signed_by_broker?: boolean; content_bytes?: number; why_not?: string; answered_by?: string } | null
  signer: boolean
  made_by_signer: string[]
  asked?: Record<string, unknown>   // what this is the preview of
}

/// What would go out, what would be said to it, and the step that cannot be taken back.
export function Previewed({ form, preview, user, onBody, onSent }: {
  form: Form; preview: Preview; user: string; onBody: (body: string) => Promise<void>; onSent: (id: string) => void
}) {
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const send = async () => {
    setBusy(true)
    const answer = await ask<{ request_id: string }>('/requests', { method: 'POST', json: { service: preview.service, ...preview.asked } })
    setBusy(false)
    if (answer.ok) onSent(answer.value.request_id)
    else setProblem(answer.problem)
  }
  const maySend = form.can_send && form.users.some((one) => one.user === user && one.may_send)
  return (
    <>
      <Tabs label="Preview" tabs={[
        { id: 'becomes', title: 'What becomes of it', body: () => <Becomes preview={preview} /> },
        { id: 'document', title: 'Document', body: () => <Document preview={preview} /> },
        { id: 'raw', title: 'Raw XML', body: () => <Raw key={preview.xml} preview={preview} onBody={onBody} /> },
      ]} />
      {problem && <ProblemBox problem={problem} />}
      {maySend && (form.critical
        ? <Confirm action="Sign and send" title="This is a critical command" kind="warning" onConfirm={send}>
          <p class="govuk-body">The User’s key signs it, and the device {preview.target} carries it out.</p></Confirm>
        : <Button onClick={send} disabled={busy}>Sign and send</Button>)}
      {!maySend && <p class="govuk-body">{preview.signer
        ? 'It is not yours to send for this User. The document can be downloaded, signed and sent with the User’s own system.'
        : 'Nobody signs here: this is no test node. Download the document, and sign and send it with the User’s own system.'}</p>}
    </>
  )
}

/// A use case's name mostly begins with its number.
const nameOf = (useCase: string, name = ''): string => (name.startsWith(useCase) ? name : `${useCase} ${name}`.trim())

function Becomes({ preview }: { preview: Preview }) {
  const { access, becomes } = preview
  return (
    <>
      <p class="govuk-body-l"><Tag colour={access.allowed ? 'green' : 'red'}>{access.allowed ? 'allowed' : 'refused'}</Tag>{' '}
        {access.allowed ? `Access control would let it in${access.as ? `, as ${access.as}` : ''}.` : `${access.code ? `${access.code}: ` : ''}${access.sentence ?? access.answer}`}</p>
      {access.words && <p class="govuk-body">{access.words}</p>}
      <Summary rows={[
        ['Becomes', becomes?.use_case ? `${nameOf(becomes.use_case, becomes.name)} (${becomes.code}), ${becomes.content_bytes} bytes of content` : becomes?.answered_by ? `no command: the ${becomes.answered_by} answers` : ''],
        ['Becomes no command', becomes?.why_not ?? ''],
        ['Signed by', becomes?.critical ? 'the User, as pre-command' : becomes?.signed_by_broker ? 'the access control broker' : ''],
        ['Command variant', `${preview.cv}, web service ${preview.web_service}`],
        ['Made when it is signed', preview.made_by_signer.join(', ')],
        ['Decided by', access.rule ? <><code>{access.rule.rule}</code> {access.rule.says} ({access.rule.clause}, {access.rule.how_sure})</> : ''],
      ]} />
      {access.lines.length > 0 && <DecisionLines lines={access.lines} caption="Questions of access control" />}
    </>
  )
}

function Document({ preview }: { preview: Preview }) {
  const url = `data:application/xml;charset=utf-8,${encodeURIComponent(preview.xml)}`
  return (
    <>
      <pre class="mw-pre" tabIndex={0} aria-label="Unsigned document">{preview.xml}</pre>
      <div class="mw-actions"><Copy text={preview.xml} what="document" /><a class="govuk-link" href={url} download={`${preview.service}.xml`}>Download as XML</a></div>
    </>
  )
}

function Raw({ preview, onBody }: { preview: Preview; onBody: (body: string) => Promise<void> }) {
  const from = preview.xml.indexOf('<sr:Body>') + 9
  const [body, setBody] = useState(preview.xml.slice(from, preview.xml.indexOf('</sr:Body>')).replace(/></g, '>\n<'))
  return (
    <>
      <Textarea id="raw-body" label="The element inside Body" hint="Checked as the form is. White space between elements is taken out." value={body} onValue={setBody} rows={10} mono />
      <Button kind="secondary" onClick={() => void onBody(body.replace(/>\s+</g, '><').trim())}>Preview this XML</Button>
    </>
  )
}
