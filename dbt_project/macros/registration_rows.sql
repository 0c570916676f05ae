{#-
    One number for a row of an event's registration files: the file's platform, then the line in it. The least of
    them is the first row, found without carrying a path through ten million rows.
-#}

{% macro registration_platforms() %}
    {{ return(['eventbrite', 'form', 'teams', 'zoom']) }}
{% endmacro %}

{% macro lines_of_a_file() %}
    {{ return('1000000000000') }}
{% endmacro %}

{% macro registration_row(platform, line) -%}
    case {{ platform }}
        {%- for name in registration_platforms() %}
        when '{{ name }}' then {{ loop.index0 }} * {{ lines_of_a_file() }}
        {%- endfor %}
    end + {{ line }}
{%- endmacro %}

{% macro registration_line(row) -%}
    {{ row }} % {{ lines_of_a_file() }}
{%- endmacro %}

{% macro registration_file(event_id, row) -%}
    'events/registrations/' || {{ event_id }} || case
        {%- for name in registration_platforms() %}
        when {{ row }} < {{ loop.index }} * {{ lines_of_a_file() }} then '__{{ name }}.csv'
        {%- endfor %}
    end
{%- endmacro %}
