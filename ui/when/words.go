package when

import (
	"time"

	"sotto/ui/text"
)

// The words of this package.
var (
	wordYesterday     = text.L("yesterday")
	wordTodayHead     = text.L("Today")
	wordYesterdayHead = text.L("Yesterday")
	wordAt            = text.In("at", "%s") // “Last seen 14:02”
	wordYesterdayAt   = text.L("yesterday at %s")
	// A day and the name of its month, and the year.
	wordDate     = text.In("date", "%d %s")
	wordDateYear = text.In("date", "%d %s %d")
	// A day and the time of day.
	wordDateAt = text.L("on %s at %s")
)

// weekdays are the names of the days of a week, from Sunday: in a list, as a
// heading, and with the time of day in a sentence.
var weekdays = [7]struct{ short, long, at string }{
	{text.In("short", "Sun"), text.L("Sunday"), text.L("on Sunday at %s")},
	{text.In("short", "Mon"), text.L("Monday"), text.L("on Monday at %s")},
	{text.In("short", "Tue"), text.L("Tuesday"), text.L("on Tuesday at %s")},
	{text.In("short", "Wed"), text.L("Wednesday"), text.L("on Wednesday at %s")},
	{text.In("short", "Thu"), text.L("Thursday"), text.L("on Thursday at %s")},
	{text.In("short", "Fri"), text.L("Friday"), text.L("on Friday at %s")},
	{text.In("short", "Sat"), text.L("Saturday"), text.L("on Saturday at %s")},
}

// months are the names of the months, as they stand after the number of a day.
var months = [12]struct{ short, long string }{
	{text.In("short", "Jan"), text.In("month", "January")},
	{text.In("short", "Feb"), text.In("month", "February")},
	{text.In("short", "Mar"), text.In("month", "March")},
	{text.In("short", "Apr"), text.In("month", "April")},
	{text.In("short", "May"), text.In("month", "May")},
	{text.In("short", "Jun"), text.In("month", "June")},
	{text.In("short", "Jul"), text.In("month", "July")},
	{text.In("short", "Aug"), text.In("month", "August")},
	{text.In("short", "Sep"), text.In("month", "September")},
	{text.In("short", "Oct"), text.In("month", "October")},
	{text.In("short", "Nov"), text.In("month", "November")},
	{text.In("short", "Dec"), text.In("month", "December")},
}

// spans are lengths of time, the longest unit first.
var spans = []struct {
	unit  time.Duration
	words text.Plural
}{
	{7 * 24 * time.Hour, text.N("one week", "%d weeks")},
	{24 * time.Hour, text.N("one day", "%d days")},
	{time.Hour, text.N("one hour", "%d hours")},
	{time.Minute, text.N("one minute", "%d minutes")},
	{time.Second, text.N("one second", "%d seconds")},
}
