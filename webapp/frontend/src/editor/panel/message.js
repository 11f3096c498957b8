// What waits for a message or catches an error, throws one, or calls another process. The names of messages and errors,
// and what is called, come with the file; here they are said, and what people fill in is chosen.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { called } from '../steps.js';
import { nameField, noteField } from './others.js';
import { section, text } from './parts.js';
import { formParts, own, roleParts } from './task.js';
import { stopping, timerOf } from './timer.js';

const WORDS = {
  'bpmn:MessageEventDefinition': [ 'pesan', 'messageRef', 'name' ],
  'bpmn:SignalEventDefinition': [ 'sinyal', 'signalRef', 'name' ],
  'bpmn:ErrorEventDefinition': [ 'galat', 'errorRef', 'errorCode' ],
  'bpmn:EscalationEventDefinition': [ 'eskalasi', 'escalationRef', 'escalationCode' ]
};

const definitionOf = (object) => (is(object, 'bpmn:ReceiveTask') ? object : (object.eventDefinitions || [])[0]);

/** «pesan «Surat keterangan»», or nothing for what is no such event. */
function what(object) {
  const definition = definitionOf(object);
  const [ word, reference, label ] = is(object, 'bpmn:ReceiveTask') ? WORDS['bpmn:MessageEventDefinition']
    : WORDS[(definition || {}).$type] || [];
  if (!word) return null;
  const found = definition[reference];
  return `${word}${found ? ` «${found[label] || found.name || found.id}»` : ''}`;
}

const awaits = (element) => is(element, 'bpmn:ReceiveTask') || /Message|Signal/.test((definitionOf(element.businessObject) || {}).$type || '');

/** Whether it is an event of these kinds, timers apart. */
export const isMessage = (element) => !timerOf(element) && what(element.businessObject) !== null;

export function messageSections(panel, element) {
  const throws = is(element, 'bpmn:ThrowEvent');
  const verb = throws ? 'Mengirim' : awaits(element) ? 'Menunggu' : 'Menangkap';
  return [
    section('', [
      text(() => `${verb} ${what(element.businessObject)}${throws ? ' kepada elemen lain dalam aduan yang sama' : ''}.`),
      element.host ? text(() => `Menempel pada «${called(element.host)}».`) : null,
      nameField(panel, element), ...roleParts(panel, element, 'Lajur')
    ], { key: 'nama' }),
    !throws && awaits(element) && section('Yang dicatat bila datang', [
      text('Pemegang peran lajur ini mencatatnya di halaman aduan. Tanpa formulir, hanya dikirim dari dalam diagram.'),
      ...formParts(panel, element),
      own(panel, element, 'uraian', 'Petunjuk bagi yang mencatat', { lines: 2 })
    ], { key: 'pesan' }),
    throws ? null : stopping(panel, element, 'Bila datang'),
    section('Penjelasan', [ noteField(panel, element) ], { key: 'penjelasan', folded: true })
  ].filter(Boolean);
}

export const callSections = (panel, element) => [ section('', [
  text(() => `Menjalankan proses «${element.businessObject.calledElement || 'belum dipilih'}» di sini, seperti rangkaian langkah. `
    + 'Bila proses itu tidak ada di berkas ini, versi yang berlaku saat draf disimpan ikut disalin.'),
  nameField(panel, element, 'Nama panggilan'), ...roleParts(panel, element), noteField(panel, element)
], { key: 'panggilan' }) ];
