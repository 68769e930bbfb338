import { useEffect, useState } from 'preact/hooks'

let tell: ((text: string) => void) | null = null
/// Said to those who do not see the page (a polite live region).
export function announce(text: string): void { tell?.(text) }

export function Announcer() {
  const [text, setText] = useState('')
  useEffect(() => {
    tell = (next) => { setText(''); setTimeout(() => setText(next), 30) }
    return () => { tell = null }
  }, [])
  return <div class="govuk-visually-hidden" aria-live="polite" role="status">{text}</div>
}
