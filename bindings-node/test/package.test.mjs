import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'

import { templateCsv } from '../index.js'

test('the template is the core’s', () => {
  assert.equal(
    templateCsv(),
    'Student Full Name,Username,Year Group,Class,Gender,Pupil Premium,Ethnicity,SEND,EAL\r\n'
  )
})

test('it loads from CommonJS too', () => {
  const require = createRequire(import.meta.url)
  assert.equal(require('../index.js').templateCsv, templateCsv)
})
