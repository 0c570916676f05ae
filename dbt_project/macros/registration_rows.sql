{#-
    One number for a row of an event's registration files: the file's platform, in the order of the file names, then the
    line in it. The least of them is a person's first row, found without carrying a path through ten million rows.
-#}

{% macro lines_of_a_file() -%}
    1000000000000
{%- endmacro %}

{% macro registration_row(platform, line) -%}
    case {{ platform }}
        when 'eventbrite' then 0
        when 'form' then 1
        when 'teams' then 2
        when 'zoom' then 3
    end * {{ lines_of_a_file() }} + {{ line }}
{%- endmacro %}

{% macro registration_line(row) -%}
    {{ row }} % {{ lines_of_a_file() }}
{%- endmacro %}

{% macro registration_file(event_id, row) -%}
    'events/registrations/' || {{ event_id }} || case
        when {{ row }} < 1 * {{ lines_of_a_file() }} then '__eventbrite.csv'
        when {{ row }} < 2 * {{ lines_of_a_file() }} then '__form.csv'
        when {{ row }} < 3 * {{ lines_of_a_file() }} then '__teams.csv'
        else '__zoom.csv'
    end
{%- endmacro %}
