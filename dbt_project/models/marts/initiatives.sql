with

initiatives as (

    select * from {{ ref('int_initiatives') }}

),

final as (

    select
        initiative_id,
        member_id,
        place_id,
        title,
        city_text as city,
        country_code,
        language,
        status,
        themes,
        is_of_year,
        uploaded_on,
        source_file,
        source_line
    from initiatives

)

select * from final
