// The drawing surface: bpmn-js with the parts that the SOP needs, in Indonesian. Knows nothing of drafts.
import BaseModeler from 'bpmn-js/lib/BaseModeler';
import Viewer from 'bpmn-js/lib/Viewer';
import { Writer } from 'moddle-xml';

import AlignElements from 'diagram-js/lib/features/align-elements';
import AutoScroll from 'diagram-js/lib/features/auto-scroll';
import Bendpoints from 'diagram-js/lib/features/bendpoints';
import Connect from 'diagram-js/lib/features/connect';
import ConnectionPreview from 'diagram-js/lib/features/connection-preview';
import ContextPad from 'diagram-js/lib/features/context-pad';
import Create from 'diagram-js/lib/features/create';
import GlobalConnect from 'diagram-js/lib/features/global-connect';
import HandTool from 'diagram-js/lib/features/hand-tool';
import KeepSelectionVisible from 'diagram-js/lib/features/keep-selection-visible';
import KeyboardMove from 'diagram-js/lib/navigation/keyboard-move';
import KeyboardMoveSelection from 'diagram-js/lib/features/keyboard-move-selection';
import LassoTool from 'diagram-js/lib/features/lasso-tool';
import Move from 'diagram-js/lib/features/move';
import MoveCanvas from 'diagram-js/lib/navigation/movecanvas';
import Palette from 'diagram-js/lib/features/palette';
import PopupMenu from 'diagram-js/lib/features/popup-menu';
import Resize from 'diagram-js/lib/features/resize';
import ZoomScroll from 'diagram-js/lib/navigation/zoomscroll';

import AlignMenu from 'bpmn-js/lib/features/align-elements/AlignElementsMenuProvider';
import BpmnAlign from 'bpmn-js/lib/features/align-elements/BpmnAlignElements';
import AutoPlace from 'bpmn-js/lib/features/auto-place';
import AutoResize from 'bpmn-js/lib/features/auto-resize';
import CopyPaste from 'bpmn-js/lib/features/copy-paste';
import EditorActions from 'bpmn-js/lib/features/editor-actions';
import GridSnapping from 'bpmn-js/lib/features/grid-snapping';
import InteractionEvents from 'bpmn-js/lib/features/interaction-events';
import Keyboard from 'bpmn-js/lib/features/keyboard';
import LabelEditing from 'bpmn-js/lib/features/label-editing';
import LabelLink from 'bpmn-js/lib/features/label-link';
import Modeling from 'bpmn-js/lib/features/modeling';
import ModelingFeedback from 'bpmn-js/lib/features/modeling-feedback';
import Outline from 'bpmn-js/lib/features/outline';
import Replace from 'bpmn-js/lib/features/replace';
import ReplacePreview from 'bpmn-js/lib/features/replace-preview';
import Search from 'bpmn-js/lib/features/search';
import Snapping from 'bpmn-js/lib/features/snapping';
import SpaceTool from 'bpmn-js/lib/features/space-tool';

import KindsProvider from './kinds.js';
import Limits from './limits.js';
import KeptReferences, { spiffworkflow } from './moddle.js';
import Naming, { isOurName, settleDrawingIds } from './naming.js';
import PadProvider from './pad.js';
import PaletteProvider from './palette.js';
import Placing from './placing.js';
import { words } from './words.js';

// Characters that XML cannot carry: pasted into a name they would make the whole file unreadable.
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ud800-\udfff]/gu;
const MARGIN = 24;
const BELOW = 36; // above and below: the mark of bpmn.io has its place there
const LARGEST = 1.15; // a small picture is not blown up to the whole window

const own = {
  __depends__: [ AlignElements, PopupMenu, Palette, ContextPad, Replace, AutoPlace ],
  __init__: [
    'keptReferences', 'limits', 'naming', 'placing', 'paletteProvider', 'padProvider', 'kindsProvider',
    'alignElementsMenuProvider', 'bpmnAlignElements'
  ],
  alignElementsMenuProvider: [ 'type', AlignMenu ],
  bpmnAlignElements: [ 'type', BpmnAlign ],
  keptReferences: [ 'type', KeptReferences ],
  kindsProvider: [ 'type', KindsProvider ],
  limits: [ 'type', Limits ],
  naming: [ 'type', Naming ],
  padProvider: [ 'type', PadProvider ],
  paletteProvider: [ 'type', PaletteProvider ],
  placing: [ 'type', Placing ],
  ...words
};

// The look of the pictures elsewhere on the site (diagram.js), so that a step looks the same wherever it is seen.
function look(place) {
  const line = getComputedStyle(place).getPropertyValue('--diagram-garis').trim() || '#56616c';
  return {
    bpmnRenderer: { defaultStrokeColor: line, defaultLabelColor: '#1c242b' },
    textRenderer: {
      defaultStyle: { fontFamily: 'Arial, "Liberation Sans", sans-serif', fontSize: 14 },
      externalStyle: { fontSize: 12, lineHeight: 1.2 }
    }
  };
}

export class SopModeler extends BaseModeler {
  constructor(container) {
    super({
      container,
      ...look(container),
      canvas: { autoFocus: true },
      keyboardMoveSelection: { moveSpeed: 10, moveSpeedAccelerated: 50 },
      moddleExtensions: { spiffworkflow }
    });
    const svg = container.querySelector('.djs-container > svg');
    this.fitted = this.fitting = false;
    this.get('eventBus').on('canvas.viewbox.changed', () => { if (!this.fitting) this.fitted = false; });
    this.get('eventBus').on([ 'directEditing.complete', 'directEditing.cancel' ], () => setTimeout(() => this.resized()));
    this.get('eventBus').on('directEditing.activate', ({ active }) => this.offerName(active.element));
    svg.setAttribute('role', 'application');
    svg.setAttribute('aria-label', 'Gambar alur. Pilih elemen lewat Daftar langkah atau tetikus; tombol panah '
      + 'menggeser elemen terpilih, E mengubah namanya, Del menghapusnya.');
  }

  /** A name that we gave ourselves is there to be overwritten. */
  offerName(element) {
    const box = this.get('directEditing')._textbox.content;
    if (isOurName(element, box.innerText)) window.getSelection().selectAllChildren(box);
  }

  /** The drawing as it is at this moment; in one go, since a page that is being left waits for nothing. */
  xmlNow() {
    const definitions = this.getDefinitions();
    settleDrawingIds(definitions);
    return new Writer({ format: true, preamble: true }).toXML(definitions).replace(FORBIDDEN, '');
  }

  /** Shows everything, in the middle and with a margin. */
  fit() {
    const canvas = this.get('canvas');
    this.fitting = true;
    canvas.resized();
    const { inner, outer } = canvas.viewbox();
    const scale = Math.min(outer.width / (inner.width + 2 * MARGIN), outer.height / (inner.height + 2 * BELOW), LARGEST);
    const width = outer.width / scale, height = outer.height / scale;
    canvas.viewbox({
      x: inner.x - (width - inner.width) / 2, y: inner.y - (height - inner.height) / 2, width, height
    });
    this.fitting = false;
    this.fitted = true;
  }

  /** Takes the new size in; whether everything is in sight still is left as it is. */
  settle() {
    const { fitted } = this;
    this.get('canvas').resized();
    this.fitted = fitted;
  }

  /** The window or something beside the picture has changed its size. */
  resized() {
    // A new view would end what is being typed into the picture.
    if (this.get('directEditing').isActive()) return;
    // Findings come and go below the picture: it must not jump away under the pointer for that.
    const { width } = this.get('canvas').getContainer().getBoundingClientRect();
    if (!width) return; // a window that became too small hides the picture
    if (this.fitted && width !== this.width) this.fit(); else this.settle();
    this.width = width;
  }
}

SopModeler.prototype._modules = [
  ...Viewer.prototype._modules,
  KeepSelectionVisible, KeyboardMove, MoveCanvas, ZoomScroll,
  AutoPlace, AutoResize, AutoScroll, Bendpoints, Connect, ConnectionPreview, CopyPaste, Create, EditorActions,
  GlobalConnect, GridSnapping, HandTool, InteractionEvents, Keyboard, KeyboardMoveSelection, LabelEditing, LabelLink,
  LassoTool, Modeling, ModelingFeedback, Move, Outline, ReplacePreview, Resize, Search, Snapping, SpaceTool, own
];

/** The picture to be looked at only, as wide as can be read; its frame scrolls. */
export async function showPicture(container, xml) {
  const viewer = new Viewer({ container, ...look(container), moddleExtensions: { spiffworkflow } });
  await viewer.importXML(xml);
  const canvas = viewer.get('canvas');
  const box = canvas.getActiveLayer().getBBox();
  const scale = Math.max(container.clientWidth / (box.width + 28), 0.6);
  const pane = canvas.getContainer();
  const svg = pane.querySelector('svg');
  svg.style.width = `${Math.round((box.width + 28) * scale)}px`;
  svg.style.height = `${Math.round((box.height + 28) * scale)}px`;
  pane.style.height = `${Math.round((box.height + 28) * scale) + 20}px`;
  pane.tabIndex = 0;
  pane.setAttribute('role', 'group');
  pane.setAttribute('aria-label', 'Gambar alur, dapat digeser');
  canvas.resized();
  const size = canvas.getSize();
  canvas.viewbox({ x: box.x - 14, y: box.y - 14, width: size.width / scale, height: size.height / scale });
  return viewer;
}
