import random
from collections import Counter
from tests.replay.conftest import *
from tests.replay.test_random_cases import play_cases
from engine.store.database import snapshot
from engine.queries.dry_runs import recorded_cases
from engine.queries.scenarios import all_tables
from engine.store.calendars import current_calendar
from engine.dry_run import *
import pytest

@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
@pytest.mark.parametrize("n", range(4))
def test_x(office, n):
    rng = random.Random(n+100)
    played = play_cases(office, 25, rng)
    with snapshot(office.engine) as s:
        cases = recorded_cases(s, [p.case_id for p in played]); cal=current_calendar(s).calendar; tabs=all_tables(s)
    seen=Counter()
    for p,c in zip(played,cases):
        v=c.version; sop=Sop(v.diagram,v.forms)
        d=Draft(sop,v.program,cal,tabs)
        t=try_case(d,Recorded(c.id,c.number,c.bodies,c.values,sop),office.now)
        seen[v.process_id,t.kind,t.text]+=1
        if t.kind!="sama" or t.notes:
            print(v.process_id,t.kind,t.text,t.notes, office.now)
            for b in c.bodies: print("   ",b["seq"],b["type"],b["at"],b.get("clock"),b.get("element"),b.get("set"),b.get("timers"),(b.get("old") or {}).get("timers"),"EFF",[(o["element"]) for o in b["effects"]["opened"]],b["effects"].get("timers"), b.get("answers"), b.get("timer"))
    for k,n in seen.items(): print(k,n)
