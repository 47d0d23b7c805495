"""Working time: the calendar, the opening hours and the deadline rules.

The rules, by the numbers that the modules and tests cite:

1.  Local time is Asia/Ho_Chi_Minh. A limit in days ends at closing time of the due day.
2.  Working days: the day of receipt is not counted, then the working days of the calendar.
3.  Calendar days: every day after that of receipt counts; only a last day that is a day off moves on.
4.  Working hours run inside opening hours; clock hours run through.
5.  Same day: closing time of that day; received after the cut-off (15:00:00 is in time), of the next working day.
6.  Filed online outside opening hours or on a day off: received at the next opening minute.
7.  Pauses: days up to that of the request are used; waiting days and the day of the answer are not counted.
    While a pause is open there is no due time.
8.  A year that is not confirmed may be used, and the promise says so.
9.  On time means ready by the due time.
10. A cut-off moves a limit in days only where the version sets one: the next working day is the day of receipt.
11. Waiting time is removed from hours; a same-day limit starts anew at the answer; when no day is left at the
    answer, the result is due at the closing of the next working day.
12. A Saturday worked in exchange has Friday's hours; a half day ends where its row says.
13. A commune's own shorter limit is the one promised.
14. An answer outside opening hours arrives at the next opening minute; a request counts on its own day.
    Asked and answered on one day: the day is used. Asked again on the day of the answer: it is not counted.
    A pause that begins when the due time has passed changes nothing. Pauses before the receipt, overlapping or
    out of order are refused.
15. The closing minute is inside the hours; seconds count in hours; at the counter and by post the real time
    counts. No limit: no date, with the reason. Zero, negative, beyond the calendar: refused.
"""
